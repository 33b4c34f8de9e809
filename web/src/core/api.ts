import { ApiError, Requests, unreachable } from './requests'
import type {
  About, Message, MessageList, NewMessage, Page, Person, Snapshot,
} from './wire.gen'

export { ApiError }
export type { ApiOptions } from './requests'

export interface FeedOptions {
  /** How long the server may hold the answer until there is something, in s; 0 to 60. */
  wait?: number
  limit?: number
  signal?: AbortSignal
  /** Is told the bytes of the answer. */
  length?: (bytes: number) => void
}

/**
 * The HTTP calls of the server that every page makes, as docs/protocol/http.md tells them; account.ts, colleagues.ts, patients.ts
 * and ward.ts have the others. Every call may throw an ApiError and nothing else.
 */
export class Api extends Requests {
  async about(): Promise<About> {
    return this.json('/about', { open: true })
  }

  /** Whose the cookie is; this tab then works for them. */
  async me(): Promise<Person> {
    const { person } = await this.json<{ person: Person }>('/me', { open: true })
    this.identity?.resumed(person.id)
    return person
  }

  /** Signs this device out, in all tabs. A session that is over already counts as success. */
  async signOut(): Promise<void> {
    try {
      await this.json('/sessions/current', { method: 'DELETE' })
    } catch (e) {
      if (!(e instanceof ApiError && e.status === 401)) throw e
    }
    this.identity?.signedOut()
  }

  /** The snapshot: every conversation, and the cursor that the feed goes on from. */
  async conversations(): Promise<Snapshot> {
    return this.json('/conversations')
  }

  async messages(conversation: string, page: { before?: number; after?: number; limit?: number } = {}): Promise<MessageList> {
    return this.json(`/conversations/${conversation}/messages`, { query: page })
  }

  /** May be repeated for ever with the same id: the message that is there already counts as success. */
  async send(conversation: string, m: NewMessage): Promise<Message> {
    return this.#message('POST', `/conversations/${conversation}/messages`, m)
  }

  async correct(conversation: string, seq: number, text: string): Promise<Message> {
    return this.#message('PATCH', `/conversations/${conversation}/messages/${seq}`, { text })
  }

  async retract(conversation: string, seq: number): Promise<Message> {
    return this.#message('DELETE', `/conversations/${conversation}/messages/${seq}`)
  }

  async mark(conversation: string, read: number): Promise<void> {
    await this.json(`/conversations/${conversation}/marks`, { method: 'PUT', body: { read } })
  }

  async typing(conversation: string): Promise<void> {
    await this.json(`/conversations/${conversation}/typing`, { method: 'POST' })
  }

  /** What came after `cursor`, which also says that everything before it has arrived. `wait` in s holds the answer. */
  async feed(cursor: string, o: FeedOptions = {}): Promise<Page> {
    const wait = o.wait ?? 0
    const timeoutMs = this.timeoutMs + wait * 1000
    const query = { cursor, wait, limit: o.limit }
    const page = await this.json<Page>('/feed', { query, signal: o.signal, timeoutMs, length: o.length })
    if (!Array.isArray(page.changes)) throw unreachable('the answer is not of this server')
    return page
  }

  /** The feed as a stream of server-sent events, once its head has come. `life` ends it. */
  async events(cursor: string, life: AbortController): Promise<ReadableStream<Uint8Array>> {
    return this.stream('/feed/events', { query: { cursor }, life })
  }

  async #message(method: string, path: string, body?: unknown): Promise<Message> {
    return (await this.json<{ message: Message }>(path, { method, body })).message
  }
}
