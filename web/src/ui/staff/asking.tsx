import { t } from '../../core/i18n'
import { localKeep, safe } from '../../core/local'
import type { Asking, Question, QuestionProps } from '../chat/guard'
import { announce, Button } from '../kit'

/** Asks once in each conversation, for as long as one is signed in and the people are the same. */
export const asking: Asking = {
  due(q) {
    if (q.composing.confirmed === q.text || safe(localKeep()).getItem(keyOf(q)) === today()) return false
    q.composing.quietToday.value = false
    announce(q.text, 'assertive')
    announce(t('chat.confirm_enter'), 'assertive')
    return true
  },
  settle(q) {
    q.composing.confirmed = q.text
    if (q.composing.quietToday.peek()) safe(localKeep()).setItem(keyOf(q), today())
  },
  View,
}

/** Above the box and without leaving it: whether these are the right people. Enter again sends, Esc goes back. */
function View({ text, composing, onSend, onCancel }: QuestionProps) {
  return (
    <div class="kw-confirm" role="group" aria-label={text}>
      <p dir="auto"><b>{text}</b></p>
      <p class="kw-confirm-hint">{t('chat.confirm_enter')}</p>
      {/* The kit's checkbox would bring all choices along, which nothing else here needs. */}
      <label class="kw-choice">
        <input
          type="checkbox"
          checked={composing.quietToday.value}
          onChange={(event) => { composing.quietToday.value = event.currentTarget.checked }}
        />
        {t('chat.confirm_today')}
      </label>
      <div class="kw-confirm-answers">
        <Button onClick={onCancel}>{t('chat.confirm_back')}</Button>
        <Button kind="primary" onClick={onSend}>{t('chat.confirm_send')}</Button>
      </div>
    </div>
  )
}

/** Not to ask again about this family today is kept for another session of this person on this device too. */
function keyOf({ me, composing }: Question): string {
  return `kinward.confirmed.${me}.${composing.conversation}`
}

function today(): string {
  return new Date().toDateString()
}
