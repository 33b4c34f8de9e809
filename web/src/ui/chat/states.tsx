import { listOf, t } from '../../core/i18n'
import type { Key } from '../../core/keys.gen'
import type { Reach } from '../../core/conversation'
import type { Outgoing } from '../../core/outbox'
import { StateText, type SendState } from '../kit'
import { useComputed } from '../signals'
import type { Audience, Scope } from './scope'

/** What each state is called as long as nothing more is known of it. */
const words = {
  sending: 'chat.sending', waiting: 'chat.waiting', sent: 'chat.sent', delivered: 'chat.delivered', failed: 'chat.failed',
} as const satisfies Partial<Record<SendState, Key>>

interface Told {
  state: SendState
  text: string
}

/**
 * How far an own message has got, in words (B-13). Families never learn who of the care team has read it (B-16), and
 * nothing beyond "Delivered" where the hospital keeps reading to itself.
 */
export function reached({ state, readers }: Reach, kind: string, audience: Audience, seenByTeam: boolean): Told {
  if (state !== 'read') return { state, text: t(words[state]) }
  if (audience === 'family' && !seenByTeam) return { state: 'delivered', text: t('chat.delivered') }
  if (audience === 'family') return { state, text: t('chat.seen_by_team') }
  const [first, second, ...more] = readers
  if (kind === 'direct' || !first) return { state, text: t('chat.read') }
  if (more.length > 0) return { state, text: t('chat.read_by_more', { name: first.name, count: more.length + 1 }) }
  return { state, text: t('chat.read_by', { names: listOf(second ? [first.name, second.name] : [first.name]) }) }
}

/** The state of an own message that the server has. It follows others' marks by itself; its row need not be drawn again. */
export function ReachText({ scope, seq }: { scope: Scope; seq: number }) {
  const { talk, kinward, audience } = scope
  // Marks come with each message that anybody reads, and hardly any of some eighty such texts says something else then.
  const { value } = useComputed(() => {
    const { state, text } = reached(talk.reach(seq), talk.details.value.kind, audience, kinward.about.seen_by_team)
    return `${state} ${text}`
  })
  const [state] = value.split(' ', 1) as [SendState]
  return <StateText state={state} text={value.slice(state.length + 1)} />
}

/** The state of a message on its way: one that takes a minute is told as not sent yet (B-14). */
export function outgoing({ state, overdue }: Pick<Outgoing, 'state' | 'overdue'>): Told {
  if (overdue && state !== 'failed') return { state: 'failed', text: t('chat.overdue') }
  return { state, text: t(words[state]) }
}
