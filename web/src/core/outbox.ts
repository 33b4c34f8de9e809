import { batch, signal, type ReadonlySignal } from '@preact/signals-core'
import { ApiError, type Api } from './api'
import { set } from './cell'
import { realClock, type Clock } from './clock'
import { signedOut } from './fence'
import { uuidv7 } from './id'
import { listeners } from './listeners'
import type { Kept, OutboxKeep } from './local'
import { Shelf } from './shelf'
import type { Message } from './wire.gen'

const CAP_MS = 30_000
const OVERDUE_MS = 60_000
const OLD_MS = 24 * 3_600_000
const FOREIGN_MS = 5_000 // how much longer a tab waits with what another tab is sending already
const LOCK = 'kinward-outbox'

/** A message on its way out, as it is shown. */
export interface Outgoing {
  id: string
  conversation: string
  text: string
  reply_to?: number
  created: number // ms
  tries: number
  /** `waiting`: between two tries, or behind an earlier message of its conversation. `failed`: refused, until told to retry. */
  state: 'sending' | 'waiting' | 'failed'
  overdue: boolean // 60 s without an answer
  why?: { code: string; detail: string }
}

export interface OutboxOptions {
  api: Pick<Api, 'send'>
  /** Whose messages these are: another person's, on a shared PC, are neither shown nor sent. */
  person: string
  keep: OutboxKeep
  /** Takes a message that the server has stored, in the same signals batch in which it leaves the outbox. */
  deliver(m: Message): void
  /** The server stored a message in somebody else's name: this session isn't what it was. Nothing is sent any more. */
  foreign?(): void
  clock?: Clock
  /** Where there are none (plain HTTP), two tabs may send the same message: once more, under the same id. */
  locks?: Pick<LockManager, 'request'> | undefined
  channel?: ((name: string) => BroadcastChannel) | undefined
}

/**
 * Sends messages reliably. Each is kept on the device before its first try and keeps its id through all tries, so a lost
 * answer doubles nothing. Those of one conversation leave in the order in which they were written; one that was refused
 * holds up the later ones of its own conversation only. All tabs of a browser show the same outbox.
 */
export class Outbox {
  /** What has not been sent, in the order of writing. */
  readonly items: ReadonlySignal<readonly Outgoing[]> = signal([])
  /** Whether messages outlive the page: false in some private modes, or when the disk is full. */
  readonly lasting: ReadonlySignal<boolean>
  /** Whether something waits for more than a day: browsers may clear what sites keep, so people should know (P-8). */
  readonly old: ReadonlySignal<boolean> = signal(false)

  readonly #o: OutboxOptions
  readonly #clock: Clock
  readonly #channel: BroadcastChannel | undefined
  readonly #sent = listeners<[Message]>()
  readonly #shelf: Shelf
  readonly #fresh = new Set<string>() // on their way to the device: not tried before they are there
  readonly #mine = new Set<string>() // not left to another tab
  readonly #sending = new Set<string>()
  readonly #lanes = new Set<string>() // conversations at work
  readonly #rushed = new Map<string, number>() // ids whose pause is over, and when their last try began
  #stopTimer: (() => void) | undefined
  #halted = false // signed out: nothing is tried until the next flush
  #closed = false

  constructor(o: OutboxOptions) {
    this.#o = o
    this.#clock = o.clock ?? realClock
    this.lasting = signal(o.keep.lasting)
    this.#shelf = new Shelf({
      keep: o.keep, person: o.person,
      changed: () => this.#show(),
      written: () => { if (!this.#closed) this.#channel?.postMessage(o.person) },
      refused: () => set(this.lasting, false),
    })
    this.#channel = o.channel?.(LOCK)
    if (this.#channel) this.#channel.onmessage = (e: MessageEvent<unknown>) => { if (e.data === o.person) void this.#reread() }
  }

  /** Reads what an earlier page left, and begins to send it. */
  async start(): Promise<void> {
    await this.#reread()
    this.flush()
  }

  /** Takes a message; resolves once it is kept. It is in `items` at once, and the first try follows the keeping. */
  async add(conversation: string, text: string, replyTo?: number): Promise<Outgoing> {
    if (this.#closed) throw signedOut()
    const now = this.#clock.now()
    // Behind everything that waits already, also when the device's clock was set back meanwhile.
    const created = Math.max(now, ...[...this.#shelf.items.values()].map((k) => k.created + 1))
    const k: Kept = {
      id: uuidv7(now), person: this.#o.person, conversation, text, created, since: now, tries: 0, due: now, last: 0,
      ...(replyTo ? { reply_to: replyTo } : {}),
    }
    this.#mine.add(k.id)
    this.#fresh.add(k.id)
    const saved = this.#shelf.save(k)
    const shown = this.items.peek().find((i) => i.id === k.id) as Outgoing // save has shown it
    await saved
    this.#fresh.delete(k.id)
    void this.#run(conversation)
    return shown
  }

  /** Tries a message again at once, also a refused one. */
  retry(id: string): void {
    const old = this.#shelf.items.get(id)
    if (!old) return
    const { why: _, ...k } = old
    this.#mine.add(id)
    this.#halted = false
    const now = this.#clock.now()
    void this.#shelf.save({ ...k, tries: 0, since: now, due: now, last: 0 }).then(() => this.#run(k.conversation))
  }

  /** Takes a message out. If a try of it is under way or went unanswered, it may have been sent all the same. */
  remove(id: string): void {
    const k = this.#shelf.items.get(id)
    if (!k) return
    void this.#shelf.drop(id)
    void this.#run(k.conversation)
  }

  /** Ends all pauses: the network is back, or somebody looks at the page again. */
  flush(): void {
    this.#halted = false
    for (const k of this.#shelf.items.values()) {
      this.#mine.add(k.id)
      this.#rushed.set(k.id, k.last)
    }
    this.#look()
  }

  /** A message of this person's that the server has stored, from here: for telling people so. */
  onSent(f: (m: Message) => void): () => void {
    return this.#sent.add(f)
  }

  /** The feed brought a message: if it is one of these, it needs no answer any more. */
  arrived(m: Message): void {
    if (m.sender === this.#o.person && this.#shelf.items.has(m.id)) this.#settle(m, false)
  }

  /** Forgets everything of this person on this device. */
  async clear(): Promise<void> {
    await Promise.all([...this.#shelf.items.keys()].map((id) => this.#shelf.drop(id)))
  }

  /** Stops sending. What is left waits on the device for this person's next page. */
  close(): void {
    this.#closed = true
    this.#stopTimer?.()
    this.#channel?.close()
    this.#sent.clear()
    set(this.items, [])
  }

  /** Works on one conversation until its first message has to wait; at most one tab does, where tabs can agree on it. */
  async #run(conversation: string): Promise<void> {
    if (this.#lanes.has(conversation) || this.#closed || this.#halted) return
    this.#lanes.add(conversation)
    try {
      const work = async () => {
        await this.#reread() // another tab may have sent it, or have written something before it
        while (await this.#next(conversation)) { /* the next one */ }
      }
      // A page that is going away gets no lock; without one there may be a second try under the same id, no more.
      await (this.#o.locks?.request(`${LOCK}:${conversation}`, work).catch(work) ?? work())
    } finally {
      this.#lanes.delete(conversation)
      this.#look()
    }
  }

  /** Tries the first message of a conversation if it is time; tells whether to go on. */
  async #next(conversation: string): Promise<boolean> {
    const k = this.#heads().get(conversation)
    if (!k || this.#closed || this.#halted || !this.#isDue(k)) return false
    this.#sending.add(k.id)
    this.#rushed.delete(k.id)
    this.#shelf.put({ ...k, tries: k.tries + 1, last: this.#clock.now() })
    try {
      const m = await this.#o.api.send(conversation, { id: k.id, text: k.text, ...(k.reply_to ? { reply_to: k.reply_to } : {}) })
      this.#sending.delete(k.id)
      if (m.sender !== this.#o.person) this.#stranger()
      else this.#settle(m, true)
      return !this.#halted
    } catch (e) {
      this.#sending.delete(k.id)
      return this.#refused(k.id, e instanceof ApiError ? e : new ApiError(0, 'unreachable', String(e)))
    }
  }

  /** Decides what follows from a try that did not succeed; tells whether to go on with the conversation. */
  async #refused(id: string, e: ApiError): Promise<boolean> {
    const k = this.#shelf.items.get(id)
    if (!k || this.#closed) return !this.#closed // it came by the feed, or was taken out, meanwhile
    if (e.status === 401) {
      this.#halted = true
      this.#show()
      return false
    }
    if (!e.transient) {
      await this.#shelf.save({ ...k, why: { code: e.code, detail: e.detail } })
      return false
    }
    const now = this.#clock.now()
    const pause = Math.min(CAP_MS, 1000 * 2 ** Math.min(k.tries - 1, 5)) * (0.5 + this.#clock.random() / 2)
    const asked = (e.retryAfterS ?? 0) * 1000
    await this.#shelf.save({ ...k, due: now + asked + pause, ...(asked ? { hold: now + asked } : {}) })
    return false
  }

  #stranger(): void {
    this.#halted = true
    this.#show()
    this.#o.foreign?.()
  }

  #settle(m: Message, answered: boolean): void {
    batch(() => {
      const there = this.#shelf.items.has(m.id)
      void this.#shelf.drop(m.id)
      if (this.#closed) return
      if (answered) this.#o.deliver(m)
      if (there) this.#sent.tell(m)
    })
  }

  /** The first message of each conversation: the only one that may go. */
  #heads(): Map<string, Kept> {
    const heads = new Map<string, Kept>()
    for (const k of this.#shelf.sorted()) if (!heads.has(k.conversation)) heads.set(k.conversation, k)
    return heads
  }

  #isDue(k: Kept): boolean {
    return !k.why && !this.#fresh.has(k.id) && this.#dueAt(k) <= this.#clock.now()
  }

  #dueAt(k: Kept): number {
    const due = this.#rushed.get(k.id) === k.last ? 0 : k.due // unless another tab has tried meanwhile
    return Math.max(due, k.hold ?? 0) + (this.#mine.has(k.id) ? 0 : FOREIGN_MS)
  }

  /** Works on what is due, and comes back when the next thing is. */
  #look(): void {
    this.#stopTimer?.()
    if (this.#closed) return
    const now = this.#clock.now()
    const times: number[] = []
    for (const k of this.#shelf.items.values()) times.push(k.since + OVERDUE_MS, k.created + OLD_MS)
    for (const k of this.#heads().values()) {
      if (k.why || this.#halted) continue
      if (this.#isDue(k)) void this.#run(k.conversation)
      else times.push(this.#dueAt(k))
    }
    this.#show()
    const next = Math.min(...times.filter((t) => t > now))
    if (next < Infinity) this.#stopTimer = this.#clock.after(next - now, () => this.#look())
  }

  /** Takes what other tabs have done. */
  async #reread(): Promise<void> {
    await this.#shelf.read()
    if (!this.#lanes.size) this.#look()
  }

  #show(): void {
    if (this.#closed) return
    const now = this.#clock.now()
    const before = new Map(this.items.peek().map((i) => [i.id, i]))
    const heads = this.#heads()
    const items = this.#shelf.sorted().map((k) => {
      const next = this.#view(k, now, heads.get(k.conversation) === k)
      const old = before.get(k.id)
      return old && JSON.stringify(old) === JSON.stringify(next) ? old : next // the same object: nothing to draw
    })
    if (items.length !== before.size || items.some((i) => before.get(i.id) !== i)) set(this.items, items)
    set(this.old, items.some((i) => now - i.created >= OLD_MS))
  }

  #view(k: Kept, now: number, first: boolean): Outgoing {
    return {
      id: k.id, conversation: k.conversation, text: k.text, created: k.created, tries: k.tries,
      ...(k.reply_to ? { reply_to: k.reply_to } : {}),
      ...(k.why ? { why: k.why } : {}),
      state: k.why ? 'failed' : this.#sending.has(k.id) || first && k.tries === 0 ? 'sending' : 'waiting',
      overdue: !k.why && now - k.since >= OVERDUE_MS,
    }
  }
}
