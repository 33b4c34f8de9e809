import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import { shortWhen } from '../../core/when'
import { useTitle } from '../../ui/alerts'
import { Avatar, Badge, ListRow } from '../../ui/kit/desk'
import { patientName } from './conversation'
import { Offers } from './offers'

/** A relative of two patients says first whom it is about; each conversation then names its patient everywhere. */
export default function Choose({ talks }: { talks: readonly Talk[] }) {
  useTitle(t('family.choose_title'))
  return (
    <div class="kw-page kw-form">
      <h1 tabIndex={-1}>{t('family.choose_title')}</h1>
      <p>{t('family.choose_text')}</p>
      <ul class="kw-list">
        {talks.map((talk) => <li key={talk.id}><Row talk={talk} /></li>)}
      </ul>
      <Offers />
    </div>
  )
}

function Row({ talk }: { talk: Talk }) {
  const name = patientName(talk)
  const last = talk.last.value
  const unread = talk.unread.value
  return (
    <ListRow tabStop href={`/c/${talk.id}`} strong={unread > 0} lead={<Avatar name={name} />}
      title={<bdi>{name}</bdi>} when={last && shortWhen(last.created_at, Date.now())}
      text={t('family.care_team', { name })} end={<Badge count={unread} label={t('common.new_messages', { count: unread })} />} />
  )
}
