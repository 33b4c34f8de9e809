import { realClock } from '../../core/clock'
import { listOf, t } from '../../core/i18n'
import { announce } from '../kit'
import { Gathered, type Said } from './gathered'
import { nameOf, type Scope } from './scope'

const elsewhereMs = 5_000

/**
 * Reads out what happens to an open conversation: new messages, and what has become of own ones. Of other
 * conversations only that there is something new, at most every five seconds. Returns how to end that.
 */
export function readOut(scope: Scope): () => void {
  const { kinward, talk } = scope
  const gathered = new Gathered(realClock, tell)
  let elsewhere = 0
  const ends = [
    kinward.store.onMessage((m, of) => {
      if (m.sender === kinward.me.id) return
      if (of === talk) return gathered.add({ name: nameOf(scope, m.sender), text: m.text ?? '' })
      if (Date.now() - elsewhere < elsewhereMs) return
      elsewhere = Date.now()
      announce(t('chat.announce_elsewhere', { title: of.details.peek().title }))
    }),
    kinward.outbox.onSent((m) => {
      if (m.conversation === talk.id) announce(t('chat.sent'))
    }),
    onTrouble(scope, () => announce(t('chat.announce_failed'), 'assertive')),
    () => gathered.close(),
  ]
  return () => ends.forEach((end) => end())
}

/** Calls `f` when an own message of this conversation was refused, or takes too long. */
function onTrouble({ kinward, talk }: Scope, f: () => void): () => void {
  let known: ReadonlySet<string> | undefined
  return kinward.outbox.items.subscribe((items) => {
    const troubled = items.filter((i) => i.conversation === talk.id && (i.state === 'failed' || i.overdue)).map((i) => i.id)
    // What was in trouble before the conversation was opened is seen in its rows.
    if (known && troubled.some((id) => !known?.has(id))) f()
    known = new Set(troubled)
  })
}

function tell(said: readonly Said[], asNumber: boolean): void {
  if (!asNumber) return said.forEach(({ name, text }) => announce(t('chat.announce', { name, text })))
  const names = [...new Set(said.map((s) => s.name))]
  announce(t('chat.announce_many', { count: said.length, names: listOf(names) }))
}
