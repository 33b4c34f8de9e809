import * as colleagues from '../../core/colleagues'
import type { Talk } from '../../core/conversation'
import type { Kinward } from '../../core/kinward'
import type { Conversation, Person } from '../../core/wire.gen'

/** The other one of a direct conversation; undefined for groups. `me` is the reader's person id. */
export function peerOf(talk: Talk, me: string): Person | undefined {
  if (talk.details.value.kind !== 'direct') return undefined
  return talk.people.value.find((p) => p.id !== me)
}

/** What a conversation is called in a list: a group by its title, a direct one by the other person. */
export function titleOf(talk: Talk, me: string): string {
  return peerOf(talk, me)?.name ?? talk.details.value.title
}

/** How many people are in it now. */
export function membersOf(talk: Talk): number {
  return talk.members.value.filter((m) => m.state === 'active').length
}

/** The conversation with somebody, made now if there is none; its id. Rejects with an ApiError. */
export async function openDirect(kinward: Kinward, person: Person): Promise<string> {
  return take(kinward, await colleagues.open(kinward.api, { kind: 'direct', with: person.id }))
}

/** Makes a group; its id. Rejects with an ApiError. */
export async function openGroup(kinward: Kinward, title: string, members: readonly string[]): Promise<string> {
  return take(kinward, await colleagues.open(kinward.api, { kind: 'group', title, members: [...members] }))
}

/** The feed will tell of it too; until then the answer serves, so that the conversation opens at once. */
function take({ store }: Kinward, made: Conversation): string {
  store.apply([{ version: made.version, type: 'conversation', conversation: made.id, details: made }])
  return made.id
}

/** Those who can't be told apart by name and role. */
export function namesakes(people: readonly Person[]): Person[] {
  const key = (p: Person) => `${p.name}\n${p.role ?? ''}`
  const ids = new Map<string, Set<string>>()
  for (const p of people) ids.set(key(p), (ids.get(key(p)) ?? new Set()).add(p.id))
  return people.filter((p) => (ids.get(key(p))?.size ?? 0) > 1)
}
