import { t } from '../../core/i18n'
import { Button } from '../kit'
import type { Guard } from './guard'
import type { Confirming } from './use-confirm'

/** Asks, above the box and without leaving it, whether these are the right people. Enter again sends, Esc goes back. */
export function Confirm({ guard, confirm, onSend, onCancel }: {
  guard: Guard
  confirm: Confirming
  onSend: () => void
  onCancel: () => void
}) {
  return (
    <div class="kw-confirm" role="group" aria-label={guard.confirmText}>
      <p dir="auto"><b>{guard.confirmText}</b></p>
      <p class="kw-confirm-hint">{t('chat.confirm_enter')}</p>
      {/* The kit's checkbox would be fetched by families too, who are never asked. */}
      <label class="kw-choice">
        <input type="checkbox" checked={confirm.today} onChange={(event) => confirm.setToday(event.currentTarget.checked)} />
        {t('chat.confirm_today')}
      </label>
      <div class="kw-confirm-answers">
        <Button onClick={onCancel}>{t('chat.confirm_back')}</Button>
        <Button kind="primary" onClick={onSend}>{t('chat.confirm_send')}</Button>
      </div>
    </div>
  )
}
