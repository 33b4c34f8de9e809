import type { Kinward } from '../../core/kinward'
import { Composing } from './composing'

const open = new WeakMap<Kinward, Map<string, Composing>>()

/** What is being written in a conversation: the same object each time it is opened, for as long as one is signed in. */
export function composingIn(kinward: Kinward, conversation: string): Composing {
  const mine = open.get(kinward) ?? new Map<string, Composing>()
  open.set(kinward, mine)
  const composing = mine.get(conversation) ?? new Composing(conversation, {
    outbox: kinward.outbox,
    drafts: kinward.drafts,
    correct: async (id, seq, text) => kinward.store.applyMessage(await kinward.api.correct(id, seq, text)),
  })
  mine.set(conversation, composing)
  return composing
}
