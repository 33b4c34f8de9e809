import { t } from '../../core/i18n'
import { Icon } from '../icons'

/** The line between two days; a heading, so that a screen reader can step from day to day. */
export function DayLine({ label, dateTime }: { label: string; dateTime?: string | undefined }) {
  return (
    <h2 class="kw-line kw-day-line">
      <time dateTime={dateTime}>{label}</time>
    </h2>
  )
}

/** The line above the first unread message: "2 new messages". */
export function UnreadLine({ count }: { count: number }) {
  return <p class="kw-line kw-unread-line"><span>{t('common.new_messages', { count })}</span></p>
}

/** The pill that leads to what is new further down: "3 new". */
export function JumpPill({ text, onClick }: { text: string; onClick: () => void }) {
  return (
    <button type="button" class="kw-jump" onClick={onClick}>
      <span>{text}</span>
      <Icon name="arrow-down" />
    </button>
  )
}
