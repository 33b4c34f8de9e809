import { t } from '../../core/i18n'
import type { Message } from '../../core/wire.gen'
import type { Scope } from './scope'

/** The message that another one answers; without `message` it is not mounted now. */
export interface Quoted {
  seq: number
  message: Message | undefined
  name: string | undefined
}

/** The beginning of the answered message; pressed, it leads there (B-25). */
export function Quote({ scope, quoted: { seq, message, name } }: { scope: Scope; quoted: Quoted }) {
  return (
    <button type="button" class="kw-quote" tabIndex={-1} onClick={() => scope.jump(seq)}>
      {name && <b><bdi>{name}</bdi></b>}
      <span dir="auto">{message ? message.text ?? t('chat.retracted') : t('chat.earlier')}</span>
    </button>
  )
}
