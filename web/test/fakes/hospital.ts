import { ApiError } from '../../src/core/api'
import type { Change, Conversation, Member, Message, MessageList, NewMessage, Snapshot } from '../../src/core/wire.gen'

/** Chance that repeats itself: the same numbers for the same seed. */
export function chance(seed: number) {
  let s = seed * 2654435761 + 1
  const next = () => {
    s = (s + 0x6d2b79f5) | 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    next,
    below,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    shuffled: <T>(list: readonly T[]): T[] => {
      const out = [...list]
      for (let i = out.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const held = out[i] as T
        out[i] = out[j] as T
        out[j] = held
      }
      return out
    },
  }
}

export const me = 'me'

export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    conversation: 'c', seq, id: `m${seq}`, sender: 'ana', text: `text ${seq}`, kind: 'text',
    created_at: new Date(Date.UTC(2026, 10, 21, 8, 0, seq)).toISOString(), version: 100 + seq, ...more,
  }
}

export function member(person: string, more: Partial<Member> = {}): Member {
  const kind = person === 'ana' || person === 'paulo' ? 'family' : 'staff'
  return {
    conversation: 'c', person: { id: person, kind, name: person }, state: 'active', read: 0, delivered: 0, version: 1,
    ...more,
  }
}

export function conversation(more: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c', kind: 'family', title: 'Rosa', members: [member(me), member('ana')], last_seq: 0, unread: 0, version: 2,
    ...more,
  }
}

export function told(m: Message): Change {
  return { version: m.version, type: 'message', conversation: m.conversation, message: m }
}

export function moved(m: Member): Change {
  return { version: m.version, type: 'member', conversation: m.conversation, member: m }
}

export function listed(c: Conversation, version = c.version): Change {
  return { version, type: 'conversation', conversation: c.id, details: c }
}

/** A call that the test answers when it likes. */
export interface Call<A, R> {
  readonly args: A
  answer(r: R): void
  fail(e: Error): void
}

/** The history of one conversation, and what a network does to those who ask for it. */
export class History {
  messages: Message[] = []
  /** What was asked, in order. */
  asked: { before?: number; after?: number; limit?: number }[] = []
  /** Held back until `release`. */
  slow = false
  down = false
  private readonly held: (() => void)[] = []

  constructor(n = 0) {
    for (let seq = 1; seq <= n; seq++) this.messages.push(message(seq))
  }

  readonly api = {
    messages: async (_: string, page: { before?: number; after?: number; limit?: number } = {}): Promise<MessageList> => {
      this.asked.push(page)
      const answer = this.page(page) // as it is when the server reads it
      if (this.slow) await new Promise<void>((go) => this.held.push(go))
      if (this.down) throw new ApiError(0, 'unreachable', '')
      return answer
    },
  }

  /** Lets the answers out that are held back, the last one first if asked so. */
  release(backwards = false): void {
    const held = this.held.splice(0)
    for (const go of backwards ? held.reverse() : held) go()
  }

  /** Takes a message or another state of one. */
  put(m: Message): Message {
    this.messages = [...this.messages.filter((o) => o.seq !== m.seq), m].sort((a, b) => a.seq - b.seq)
    return m
  }

  snapshot(read = this.messages.length, more: Partial<Conversation> = {}): Snapshot {
    const last = this.messages.at(-1)
    const c = conversation({
      last_seq: last?.seq ?? 0, unread: (last?.seq ?? 0) - read, members: [member(me, { read }), member('ana')],
      ...(last ? { last } : {}), ...more,
    })
    return { conversations: [c], cursor: 'e.1' }
  }

  private page({ before, after, limit = 50 }: { before?: number; after?: number; limit?: number }): MessageList {
    const fits = this.messages.filter((m) => m.seq < (before ?? Infinity) && m.seq > (after ?? -1))
    const forward = after !== undefined && before === undefined
    const messages = forward ? fits.slice(0, limit) : fits.slice(-limit)
    return { messages, more: fits.length > messages.length }
  }
}

/** The sending end of a server: stores each id once and numbers it, and loses answers as the test likes. */
export class Post {
  stored: Message[] = []
  /** Ids, in the order tried. */
  tries: string[] = []
  /** What becomes of the next tries; 'ok' when none is left. `lost`: stored, but the answer doesn't come. */
  fates: ('ok' | 'lost' | 'hang' | ApiError)[] = []
  sender = me
  /** How many messages each conversation has already. */
  before = 0
  private readonly hanging: (() => void)[] = []

  readonly api = {
    send: async (conversation: string, m: NewMessage): Promise<Message> => {
      this.tries.push(m.id)
      const fate = this.fates.shift() ?? 'ok'
      if (fate instanceof ApiError) throw fate
      let stored = this.stored.find((s) => s.id === m.id)
      if (!stored) {
        const seq = this.before + this.stored.filter((s) => s.conversation === conversation).length + 1
        stored = message(seq, { conversation, id: m.id, text: m.text, sender: this.sender, version: 1000 + this.stored.length })
        this.stored.push(stored)
      }
      if (fate === 'lost') throw new ApiError(0, 'unreachable', '')
      if (fate === 'hang') await new Promise<void>((go) => this.hanging.push(go))
      return stored
    },
  }

  release(): void {
    for (const go of this.hanging.splice(0)) go()
  }
}

/** Tabs of one browser: channels by name. */
export class FakeTabs {
  private readonly open = new Set<FakeChannel>()

  channel = (name: string): BroadcastChannel => {
    const c = new FakeChannel(name, (from, data) => {
      const others = [...this.open].filter((other) => other !== from && other.name === name)
      for (const other of others) queueMicrotask(() => other.onmessage?.({ data }))
    }, (closed) => this.open.delete(closed))
    this.open.add(c)
    return c as unknown as BroadcastChannel // has what is used of one
  }
}

class FakeChannel {
  onmessage: ((e: { data: unknown }) => void) | null = null
  constructor(
    readonly name: string,
    private readonly send: (from: FakeChannel, data: unknown) => void,
    private readonly end: (c: FakeChannel) => void,
  ) {}
  postMessage(data: unknown): void { this.send(this, data) }
  close(): void {
    this.onmessage = null
    this.end(this)
  }
}

/** Web Locks of one browser. */
export class FakeLocks {
  private readonly queues = new Map<string, Promise<unknown>>()

  request = <T>(name: string, f: () => Promise<T>): Promise<T> => {
    const turn = (this.queues.get(name) ?? Promise.resolve()).then(f)
    this.queues.set(name, turn.catch(() => undefined))
    return turn
  }

  get manager(): LockManager {
    return this as unknown as LockManager // has what is used of one
  }
}
