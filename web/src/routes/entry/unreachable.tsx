import { t } from '../../core/i18n'
import { useTitle } from '../../ui/alerts'
import { EmptyState } from '../../ui/kit'
import { LanguagePicker } from '../../ui/kit/more'
import { useSession } from '../session'
import { Page } from './page'

/** When the server does not answer at the start, or at the end. It goes by itself once there is an answer. */
export default function Unreachable({ leaving }: { leaving: boolean }) {
  const session = useSession()
  const title = t(leaving ? 'entry.leaving_title' : 'entry.offline_title')
  useTitle(title)
  return (
    <Page language={<LanguagePicker />}>
      <EmptyState level={1} icon="refresh" title={title} text={t(leaving ? 'entry.leaving_text' : 'entry.offline_text')}
        action={{ label: t('entry.retry'), onClick: session.again }} />
    </Page>
  )
}
