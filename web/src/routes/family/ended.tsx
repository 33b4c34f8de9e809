import { t } from '../../core/i18n'
import { useTitle } from '../../ui/alerts'
import { askToSignOut } from '../../ui/context'
import { Button, ButtonLink } from '../../ui/kit'
import { useSession } from '../session'

/** When a conversation is over for this relative: what it means, and that nobody is to blame. `others`: some go on. */
export default function Ended({ others }: { others: boolean }) {
  const session = useSession()
  useTitle(t('family.ended_title'))
  return (
    <div class="kw-page kw-form">
      <h1 tabIndex={-1}>{t('family.ended_title')}</h1>
      <p>{t('family.ended_text')}</p>
      {others && <ButtonLink kind="primary" href="/" wide>{t('entry.back')}</ButtonLink>}
      <Button wide onClick={() => session.haveCard()}>{t('family.add_card')}</Button>
      {!others && <Button wide onClick={() => askToSignOut()}>{t('entry.sign_out')}</Button>}
    </div>
  )
}
