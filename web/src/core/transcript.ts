import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals-core'
import { ApiError, type Api } from './api'
import { set } from './cell'
import { merged, MOST, PAGE, PAGES, trimmed, type Edge } from './mounted'
import type { Outbox, Outgoing } from './outbox'
import type { Store } from './store'
import type { Message, MessageList } from './wire.gen'

const CONTEXT = 25 // messages shown before the one that is gone to

/** One row. Exactly one of `message` and `outgoing` is there; the key stays when one takes the place of the other (B-11). */
export interface Entry {
  readonly key: string // the message's id
  readonly message?: Message
  readonly outgoing?: Outgoing
}

export interface TranscriptOptions {
  conversation: string
  api: Pick<Api, 'messages'>
  store: Store
  outbox: Pick<Outbox, 'items'>
  /** Told once, when it is closed. */
  onClose?(): void
}

type Loading = '' | 'first' | 'older' | 'newer'

/**
 * The messages of one conversation that are mounted: a run without holes, of at most 250 (up to 50 more come live until `tidy`),
 * somewhere in its history. At the newest end it follows the feed, and what is on its way out stands behind it. Answers that come after another place was
 * gone to, or after `close`, are dropped. A load that fails leaves `failed` and what was there before.
 */
export class Transcript {
  /** By seq, then what is outgoing (only at the newest page). Rows that did not change are the same objects. */
  readonly entries: ReadonlySignal<readonly Entry[]> = computed(() => this.#list())
  readonly hasOlder: ReadonlySignal<boolean> = computed(() => !this.#atStart.value && (this.#held.value[0]?.seq ?? 0) > 1)
  readonly hasNewer: ReadonlySignal<boolean> = computed(() => !this.#atEnd.value && this.#held.value.length > 0)
  readonly loading: ReadonlySignal<Loading> = signal('')
  /** Why the last load failed; gone with the next one. */
  readonly failed: ReadonlySignal<ApiError | undefined> = signal(undefined)

  readonly #o: TranscriptOptions
  readonly #held = signal<readonly Message[]>([])
  readonly #atStart = signal(false)
  readonly #atEnd = signal(false)
  readonly #rows = new WeakMap<object, Entry>()
  readonly #stops: (() => void)[]
  readonly #late = new Map<number, Message>() // told by the feed while an answer is on its way
  #run = 0 // counts the places gone to
  #under: Promise<boolean> = Promise.resolve(true) // the load that runs
  #solid = 0 // at the newest end: up to here nothing is missing
  #healing = false
  #focus: string | undefined
  #readAt: string | undefined
  #owed: Edge | undefined // where a page would have been dropped but for the focus, or for haste
  #again: () => Promise<unknown> = () => this.open()
  #hidden = false // access was lost: nothing is shown
  #closed = false

  constructor(o: TranscriptOptions) {
    this.#o = o
    let had = false
    this.#stops = [
      o.store.onChanged((m) => { if (m.conversation === o.conversation) this.#told(m) }),
      o.store.onReset(() => { if (this.#run > 0) void this.#renew() }),
      effect(() => {
        const active = o.store.ensure(o.conversation).active.value
        if (had && !active) this.#clear()
        had = active
      }),
    ]
  }

  /**
   * The entry that has the focus: its page is not dropped, even if for a while more than five are mounted. undefined: the
   * focus is elsewhere.
   */
  keep(key: string | undefined): void {
    this.#focus = key
    this.tidy()
  }

  /** Drops what is too much. To be called when nobody would feel that it takes as long as some keys together. */
  tidy(): void {
    if (this.#owed) this.#held.value = this.#fit(this.#held.peek(), this.#owed)
  }

  /**
   * The entry at which the reader is, while they are away from the end; undefined at the end. New messages then don't push
   * out what is being read.
   */
  reading(key: string | undefined): void {
    this.#readAt = key
  }

  /** Loads around seq `at`; without it, once, around the first unread message, or else the newest page. */
  async open(at?: number): Promise<void> {
    if (at === undefined && this.#run > 0) return void await this.#under
    const talk = this.#o.store.ensure(this.#o.conversation)
    const unread = talk.unread.peek() > CONTEXT ? talk.read.peek() + 1 : undefined
    await this.#around(at ?? unread)
  }

  /** Loads the page before; nothing if there is none, or if it is on its way. */
  async older(): Promise<void> {
    const first = this.#held.peek()[0]
    if (!first || !this.hasOlder.peek()) return
    await this.#extend('older', () => ({ before: this.#held.peek()[0]?.seq ?? first.seq }), (list) => {
      this.#atStart.value = !list.more
      this.#held.value = this.#fit(this.#merge(list.messages), 'newest')
    })
  }

  /** Loads the page after. */
  async newer(): Promise<void> {
    const last = this.#held.peek().at(-1)
    if (!last || this.#atEnd.peek()) return
    await this.#extend('newer', () => ({ after: this.#held.peek().at(-1)?.seq ?? last.seq }), (list) => {
      this.#atEnd.value = !list.more
      this.#held.value = this.#fit(this.#merge(list.messages), 'oldest')
      this.#reached()
    })
  }

  /** Loads the page around a message unless it is mounted; tells whether it is there now. */
  async goTo(seq: number): Promise<boolean> {
    if (!this.find(seq)) await this.#around(seq)
    return this.find(seq) !== undefined
  }

  /** Goes to the newest page. */
  async toEnd(): Promise<void> {
    if (!this.#atEnd.peek() || this.loading.peek() === 'first') await this.#around(undefined)
  }

  /** Tries again what has failed. */
  async retry(): Promise<void> {
    await this.#again()
  }

  /** A message that is mounted. */
  find(seq: number): Message | undefined {
    return this.#held.peek().find((m) => m.seq === seq)
  }

  /** Follows the feed no more, and drops everything. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const stop of this.#stops) stop()
    this.#clear()
    this.#o.onClose?.()
  }

  #list(): Entry[] {
    const messages = this.#held.value
    const list = messages.map((m) => this.#row(m, { key: m.id, message: m }))
    // Where nothing could be loaded, what was written here is shown all the same.
    if (this.#hidden || !this.#atEnd.value && list.length) return list
    const there = new Set(messages.map((m) => m.id))
    for (const item of this.#o.outbox.items.value) {
      const here = item.conversation === this.#o.conversation && !there.has(item.id)
      if (here) list.push(this.#row(item, { key: item.id, outgoing: item }))
    }
    return list
  }

  #row(of: object, fresh: Entry): Entry {
    const row = this.#rows.get(of) ?? fresh
    this.#rows.set(of, row)
    return row
  }

  #around(seq: number | undefined): Promise<boolean> {
    const page = seq === undefined ? {} : { after: Math.max(0, seq - CONTEXT - 1) }
    this.#run++
    this.#hidden = false
    return this.#load('first', () => page, (list) => {
      // `more` speaks of the direction asked: backward from the newest, forward from a place.
      this.#atStart.value = seq === undefined ? !list.more : page.after === 0
      this.#atEnd.value = seq === undefined || !list.more
      this.#held.value = []
      this.#held.value = this.#merge(list.messages)
      this.#owed = undefined
      this.#reached()
    })
  }

  /** After a snapshot nothing mounted is certain any more: loads the same place anew. */
  #renew(): Promise<boolean> {
    const at = this.#held.peek().find((m) => m.id === (this.#readAt ?? this.#focus)) ?? this.#held.peek().at(-CONTEXT)
    return this.#around(this.#atEnd.peek() && !this.#readAt ? undefined : at?.seq)
  }

  async #extend(kind: 'older' | 'newer', page: () => Page, take: (list: MessageList) => void): Promise<void> {
    const run = this.#run
    while (this.loading.peek()) {
      const same = this.loading.peek() === kind
      await this.#under
      if (same || run !== this.#run) return
    }
    await this.#load(kind, page, take)
  }

  async #load(kind: Exclude<Loading, ''>, page: () => Page, take: (list: MessageList) => void): Promise<boolean> {
    if (this.#closed) return false
    const run = this.#run
    const work = async (): Promise<boolean> => {
      this.#again = () => kind === 'first' ? (this.#run++, this.#load(kind, page, take)) : this.#extend(kind, page, take)
      this.#late.clear()
      batch(() => {
        set(this.loading, kind)
        set(this.failed, undefined)
      })
      const answer = await this.#ask(page())
      if (run !== this.#run || this.#closed) return false
      batch(() => {
        set(this.loading, '')
        if (answer instanceof ApiError) set(this.failed, answer)
        else take(answer)
      })
      this.#late.clear()
      return !(answer instanceof ApiError)
    }
    return (this.#under = work())
  }

  async #ask(page: Page): Promise<MessageList | ApiError> {
    try {
      const list = await this.#o.api.messages(this.#o.conversation, { ...page, limit: PAGE })
      if (!this.#closed) this.#o.store.learn(this.#o.conversation, list.messages)
      return list
    } catch (e) {
      return e instanceof ApiError ? e : new ApiError(0, 'unreachable', String(e))
    }
  }

  /** The feed or an answer told a message: a new one at the end, or another state of one that is mounted. */
  #told(m: Message): void {
    if (this.loading.peek()) this.#late.set(m.seq, m)
    const held = this.#held
    const first = held.peek()[0]?.seq ?? (this.#atEnd.peek() ? 0 : Infinity)
    const last = held.peek().at(-1)?.seq ?? 0
    if (this.#closed || m.seq < first || m.seq > last && !this.#atEnd.peek()) return
    if (m.seq > last && this.#isReadingOld()) {
      this.#atEnd.value = false
      return
    }
    const next = this.#merge([m])
    if (next === held.peek()) return
    const one = m.seq > last ? next.length : 0 // so many with one more
    if (one > PAGE * PAGES) this.#owed = 'oldest'
    held.value = one > MOST ? this.#fit(next, 'oldest') : next
    this.#heal()
  }

  /** Whether one more message would push out what is being read. */
  #isReadingOld(): boolean {
    const list = this.#held.peek()
    return list.length >= PAGE * PAGES && list.slice(0, 2 * PAGE).some((m) => m.id === this.#readAt)
  }

  #merge(more: readonly Message[]): readonly Message[] {
    return merged(this.#held.peek(), more, this.#late)
  }

  /** Drops the page that is far from where one more was put, while there are too many. */
  #fit(list: readonly Message[], far: Edge): readonly Message[] {
    const fits = trimmed(list, far, this.#focus)
    this.#owed = fits.length > PAGE * PAGES ? far : undefined
    if (fits.length < list.length) (far === 'oldest' ? this.#atStart : this.#atEnd).value = false
    return fits
  }

  /** A page was loaded: if it is the newest one, what came meanwhile may be missing behind it. */
  #reached(): void {
    if (!this.#atEnd.peek()) return
    this.#solid = this.#held.peek().at(-1)?.seq ?? 0
    this.#held.value = this.#merge([...this.#late.values()].filter((m) => m.seq > this.#solid))
    this.#heal(this.#known())
  }

  #known(): number {
    return this.#o.store.ensure(this.#o.conversation).lastSeq.peek()
  }

  /** Reads what is missing between messages at the newest end, or between them and `known`. */
  #heal(known = 0): void {
    const seqs = new Set(this.#held.peek().map((m) => m.seq))
    while (seqs.has(this.#solid + 1)) this.#solid++
    const to = Math.max(known, this.#held.peek().at(-1)?.seq ?? 0)
    if (this.#atEnd.peek() && to > this.#solid && !this.#healing) void this.#fill(to)
  }

  async #fill(to: number): Promise<void> {
    const run = this.#run
    this.#healing = true
    const answer = await this.#ask({ after: this.#solid })
    this.#healing = false
    if (this.#closed || !this.#atEnd.peek()) return
    if (run !== this.#run) return this.#heal(this.#known())
    batch(() => {
      if (answer instanceof ApiError) {
        this.#again = async () => {
          set(this.failed, undefined)
          this.#heal(to)
        }
        set(this.failed, answer)
        return
      }
      set(this.failed, undefined)
      this.#held.value = this.#fit(this.#merge(answer.messages), 'oldest')
      // What the server does not have up to its end is not missing.
      this.#solid = Math.max(this.#solid, answer.messages.at(-1)?.seq ?? 0, answer.more ? 0 : to)
      this.#heal(answer.more ? to : 0)
    })
  }

  #clear(): void {
    this.#run++
    this.#hidden = true
    this.#late.clear()
    batch(() => {
      this.#held.value = []
      this.#atEnd.value = false
      set(this.loading, '')
      set(this.failed, undefined)
    })
  }
}

interface Page {
  before?: number
  after?: number
}
