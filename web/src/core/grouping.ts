import type { Message } from './wire.gen'
import { sameDay } from './time'

const GROUP_MS = 5 * 60_000

type Told = Pick<Message, 'sender' | 'created_at' | 'kind'>

/**
 * What begins with a message (B-18): a new day, and a new author, which shows name and time. Messages of one author within
 * five minutes of each other belong together, unless they are of another kind (a note never hides under a message).
 */
export function starts(previous: Told | undefined, message: Told): { day: boolean; author: boolean } {
  const day = !previous || !sameDay(previous.created_at, message.created_at)
  const author = day || previous.sender !== message.sender || previous.kind !== message.kind ||
    Date.parse(message.created_at) - Date.parse(previous.created_at) > GROUP_MS
  return { day, author }
}
