import { t } from '../../core/i18n'
import { Icon } from '../../ui/icons'
import { useSession } from '../session'

/** Whom to call when it can't wait: at the foot of every page that a relative sees, always in the same place. */
export function Urgent() {
  const phone = useSession().about.value?.urgent_phone
  return (
    <p class="kw-urgent">
      <Icon name="phone" />
      {phone
        ? <a href={`tel:${dialled(phone)}`}>{t('entry.urgent', { phone: unbroken(phone) })}</a>
        : <span>{t('entry.urgent_none')}</span>}
    </p>
  )
}

/** A number in its own direction, and on one line. */
function unbroken(phone: string): string {
  return `\u2066${phone.replace(/ /g, '\u00a0')}\u2069`
}

/** A number as it is written for people, without what a telephone can't dial. */
function dialled(phone: string): string {
  return phone.replace(/[^\d+*#,;]/g, '')
}
