import { t } from '../../core/i18n'
import { Icon } from '../icons'
import { Button } from '../kit'
import { pencil, reply as answer } from '../rare-icons'
import type { Composing } from './composing'
import { nameOf, useScope } from './scope'

/** Above the box: what is being answered or corrected, and the way out of it. */
export default function ComposerBar({ composing, onCancel }: { composing: Composing; onCancel: () => void }) {
  const scope = useScope()
  const correcting = composing.correcting.value
  const reply = composing.reply.value
  if (!correcting && !reply) return null
  const message = scope.transcript.find(correcting?.seq ?? reply ?? 0)
  return (
    <div class="kw-composer-bar">
      <Icon name={correcting ? pencil : answer} />
      <p>
        <b>{correcting ? t('chat.correcting') : t('chat.replying', { name: message ? nameOf(scope, message.sender) : '…' })}</b>
        {message?.text && <span class="kw-excerpt" dir="auto">{message.text}</span>}
      </p>
      <Button kind="quiet" onClick={onCancel}>{t('chat.cancel')}</Button>
    </div>
  )
}
