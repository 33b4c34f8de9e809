import { clock } from '../../core/time'
import { t } from '../../core/i18n'
import type { Outgoing } from '../../core/outbox'
import type { Entry } from '../../core/transcript'
import { Button, classes, StateText } from '../kit'
import { reason } from './reason'
import { messageText } from './message-text'
import { Quote, type Quoted } from './quote'
import { RowMenu } from './row-menu'
import { focusRow } from './row-keys'
import type { Scope } from './scope'
import { outgoing as told, ReachText } from './states'

export interface RowProps {
  scope: Scope
  entry: Entry
  own: boolean
  /** The author; undefined for what the system says. */
  name: string | undefined
  caption: string | undefined
  /** The first of several by one author: the name is seen. In the others it is for screen readers. */
  named: boolean
  /** The last own one of several: says how far it has got. */
  tells: boolean
  quoted: Quoted | undefined
}

/** One message, as text in the order name, words, time, state. Drawn anew only when one of its props is another. */
export function Row({ scope, entry, own, name, caption, named, tells, quoted }: RowProps) {
  const { message, outgoing } = entry
  const gone = message?.retracted_at !== undefined
  const kind = message?.kind ?? 'text'
  const at = message?.created_at ?? outgoing?.created ?? 0
  const text = message ? message.text ?? '' : outgoing?.text ?? ''
  return (
    <li
      class={classes('kw-message', own && 'is-own', named && 'is-first', gone && 'is-gone', kind !== 'text' && `is-${kind}`)}
      data-key={entry.key}
      data-seq={message?.seq}
      tabIndex={-1}
    >
      <div class="kw-bubble">
        {name !== undefined && author(own, name, caption, named && !own)}
        {kind === 'update' && <p class="kw-kind">{t('chat.update')}</p>}
        {kind === 'note' && <p class="kw-kind">{t('chat.note')}</p>}
        {quoted && !gone && <Quote scope={scope} quoted={quoted} />}
        <div class="kw-said">
          {gone ? <p class="kw-words">{t('chat.retracted')}</p> : messageText(text)}
          <p class="kw-meta">
            <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
            {message?.corrected_at && !gone && <span>{t('chat.edited')}</span>}
            {outgoing && <StateText {...told(outgoing)} />}
            {message && own && tells && !gone && <ReachText scope={scope} seq={message.seq} />}
          </p>
        </div>
        {outgoing && (outgoing.state === 'failed' || outgoing.overdue) && <Trouble scope={scope} outgoing={outgoing} />}
      </div>
      {!gone && kind !== 'system' && <RowMenu scope={scope} entry={entry} own={own} />}
    </li>
  )
}

// These are no components: with 250 rows each of those is felt.
function author(own: boolean, name: string, caption: string | undefined, seen: boolean) {
  return (
    <p class={seen ? 'kw-author' : 'kw-hidden'}>
      <bdi>{own ? t('chat.you') : name}</bdi>
      {seen && caption && <small>{caption}</small>}
    </p>
  )
}

/** Why an own message is not sent, and what can be done about it. */
function Trouble({ scope, outgoing }: { scope: Scope; outgoing: Outgoing }) {
  const { outbox } = scope.kinward
  return (
    <div class="kw-trouble">
      {outgoing.why && <p>{reason(outgoing.why.code)}</p>}
      <Button tabIndex={-1} onClick={(event) => {
        focusRow(event.currentTarget) // the button goes
        outbox.retry(outgoing.id)
      }}>{t('chat.retry')}</Button>
      <Button tabIndex={-1} onClick={() => outbox.remove(outgoing.id)}>{t('chat.delete')}</Button>
    </div>
  )
}
