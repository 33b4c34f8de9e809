import { t } from '../../core/i18n'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Kinward } from '../../core/kinward'
import type { Talk } from '../../core/conversation'
import type { Transcript } from '../../core/transcript'
import type { Message, Person } from '../../core/wire.gen'

/** Who looks at the conversation: what is shown of others' reading, names and presence depends on it. */
export type Audience = 'staff' | 'family' | 'people'

/** What the parts of one open conversation share. One object for as long as it is open, so that rows need no new one. */
export interface Scope {
  readonly kinward: Kinward
  readonly talk: Talk
  readonly transcript: Transcript
  readonly audience: Audience
  /** Whether this person may write here now. */
  writable(): boolean
  /** What stands behind an author's name: "daughter", "attending". */
  caption(person: Person): string | undefined
  /** Loads, centres, focuses and highlights a message (B-25). */
  jump(seq: number): void
  reply(message: Message): void
  correct(message: Message): void
  /** Asks first. */
  retract(message: Message): void
}

export const ScopeContext = createContext<Scope | undefined>(undefined)

export function useScope(): Scope {
  const scope = useContext(ScopeContext)
  if (!scope) throw new Error('useScope outside of a conversation')
  return scope
}

/** The name of somebody who is or was here; for relatives, a stranger is one of the care team. */
export function nameOf({ talk, audience }: Pick<Scope, 'talk' | 'audience'>, person: string): string {
  return talk.person(person)?.name ?? t(audience === 'family' ? 'chat.care_team' : 'chat.someone')
}
