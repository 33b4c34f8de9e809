import { batch, type ReadonlySignal } from '@preact/signals-core'
import { Backoff } from './backoff'
import { onChange, type Choice, type Feed, type FeedPage, type LineState, type Shown, type Surroundings } from './connection'
import { Hearing } from './hearing'
import { Ladder } from './ladder'
import { Tally } from './tally'
import { failureOf } from './transports/http'
import { makeTransport } from './transports/make'
import type { Failure, Method, Sink, Transport, TransportOptions } from './transports/transport'
import { HEARTBEAT_SECONDS } from './wire.gen'

const OPEN_MS = 10_000
const ASK_MS = 3000 // when opening takes so long, a plain request brings what there is meanwhile
const TICK_MS = 5000
const MUTE_MS = 20_000 // longer than a heartbeat: what told nothing since it was opened never will
const SILENT_MS = HEARTBEAT_SECONDS * 2500 // two heartbeats and a little
const STALE_MS = 30_000 // somebody looks again at a page that has heard nothing for so long: don't wait for the rest
const OFFLINE_MS = 30_000 // a browser may be wrong about being offline

export interface ReceiverOptions extends TransportOptions {
  feed: Feed
  shown: Shown
  surroundings: Surroundings
  choice: ReadonlySignal<Choice>
  /** Too many tabs hold a connection of the few that HTTP/1.1 allows. */
  crowded: ReadonlySignal<boolean>
  signedOut(): void
}

/** Keeps one connection to the feed for as long as it runs: chooses the method, notices what is dead, and comes back. */
export class Receiver {
  readonly #o: ReceiverOptions
  readonly #tally: Tally
  #backoff: Backoff
  #running = false
  #unwatch: (() => void)[] = []
  #chosen: Choice | undefined
  #ladder: Ladder
  #resets = 0 // in a row, without a page between them
  // Of this connection, or of this pause:
  #transport: Transport | undefined
  #cancels = new Set<() => void>() // timers; the set also names the connection or pause that they belong to
  #startedAt = 0
  #openedAt: number | undefined
  #heardAt = 0
  #hearing = new Hearing()

  constructor(o: ReceiverOptions) {
    this.#o = o
    this.#tally = new Tally(o.shown.stats)
    this.#backoff = new Backoff(o.clock)
    this.#ladder = new Ladder(o.clock.now())
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    const { choice, intervalS, crowded, surroundings } = this.#o
    this.#chosen = choice.peek()
    this.#connect()
    this.#unwatch = [
      onChange(choice, () => this.#choose()),
      onChange(crowded, () => this.#choose()),
      onChange(intervalS, () => this.#transport?.method === 'poll' && this.#connect()),
      onChange(surroundings.visible, (visible) => visible && this.#look()),
      onChange(surroundings.online, (online) => (online ? this.tryNow() : this.#rest())),
    ]
  }

  /** Leaves everything as it is shown. */
  stop(): void {
    this.#running = false
    this.#unwatch.forEach((f) => f())
    this.#drop()
  }

  /** Ends the pause before the next try, or before the next poll. */
  tryNow(): void {
    if (this.#running && (!this.#transport || this.#transport.method === 'poll')) this.#connect()
  }

  #connect(): void {
    this.#drop()
    this.#show(this.#o.surroundings.online.peek() ? { is: 'connecting' } : { is: 'offline' })
    if (!this.#o.feed.cursor) return void this.#snapshot()
    const transport = makeTransport(this.#method(), this.#o)
    this.#transport = transport
    this.#startedAt = this.#heardAt = this.#o.clock.now()
    this.#hearing = new Hearing()
    this.#later(OPEN_MS, () => this.#openedAt === undefined && this.#ended({ kind: 'lost' }))
    this.#later(ASK_MS, () => this.#openedAt === undefined && void this.#ask())
    this.#later(TICK_MS, () => this.#tick())
    transport.open(this.#o.feed.cursor, this.#sink(transport))
  }

  #method(): Method {
    const choice = this.#o.choice.peek()
    const method = choice === 'automatic' ? this.#ladder.method : choice
    return this.#o.crowded.peek() && (method === 'sse' || method === 'long-poll') ? 'poll' : method
  }

  /** A change of method takes effect at once: the new connection goes on from what has been applied (B-37). */
  #choose(): void {
    const choice = this.#o.choice.peek()
    if (choice !== this.#chosen) {
      this.#ladder = new Ladder(this.#o.clock.now())
      this.#backoff = new Backoff(this.#o.clock)
    }
    this.#chosen = choice
    if (this.#transport?.method !== this.#method()) this.#connect()
  }

  #sink(transport: Transport): Sink {
    return {
      opened: () => this.#opened(transport.method),
      page: (p) => {
        this.#heardAt = this.#o.clock.now()
        p.changes.forEach((c) => this.#hearing.brought(c.version))
        this.#take(p)
      },
      heard: (head = 0) => {
        this.#heardAt = this.#o.clock.now()
        this.#hearing.head(head, this.#heardAt)
      },
      failed: (why) => this.#ended(why),
    }
  }

  #opened(method: Method): void {
    this.#openedAt = this.#heardAt = this.#o.clock.now()
    this.#tally.opened(method, this.#openedAt)
    this.#show({ is: 'live' })
    this.#planProbe()
  }

  /** Takes in a page; a store that fails at it is made anew. */
  #take(p: FeedPage): void {
    const { feed, clock } = this.#o
    try {
      if (p.cursor !== feed.cursor || p.ephemeral.length) feed.take(p)
    } catch {
      return this.#ended({ kind: 'reset' })
    }
    this.#resets = 0
    if (!this.#transport || !p.changes.some((c) => c.type === 'message')) return
    this.#tally.message(this.#transport.method, clock.now())
    this.#transport.acknowledge(feed.cursor) // of marks too would have two devices acknowledge each other for ever
  }

  /** The connection, or the snapshot before it, came to nothing. `deaf`: it was open and left something out. */
  #ended(why: Failure, deaf = false): void {
    const method = this.#transport?.method
    const now = this.#o.clock.now()
    const patience = this.#openedAt === undefined ? OPEN_MS * 0.9 : MUTE_MS // timers and the clock differ by some ms
    const silent = now - this.#startedAt > patience && this.#heardAt - this.#startedAt < OPEN_MS / 2
    if (this.#openedAt !== undefined) this.#backoff.lived(now - this.#openedAt)
    if (method) this.#tally.failed(method)
    this.#drop()
    if (why.kind === 'unauthenticated') return this.#signedOut()
    if (why.kind === 'reset') {
      this.#o.feed.cursor = ''
      if (this.#resets++ === 0) return this.#connect()
    }
    this.#rest(why.retryAfterMs)
    if (method && why.kind !== 'reset' && why.retryAfterMs === undefined) {
      void this.#blame(method, deaf || silent || why.kind === 'refused')
    }
  }

  /**
   * A server that can't be reached at all would treat any other method the same. Only if a plain request gets through it is
   * this method's fault, and then there is no reason for long pauses.
   */
  async #blame(method: Method, surely: boolean): Promise<void> {
    const pause = this.#cancels
    const ladder = this.#ladder
    const answered = await this.#ask()
    if (!answered || this.#o.choice.peek() !== 'automatic' || ladder.method !== method || method === 'poll') return
    ladder.failure(this.#o.clock.now(), surely)
    this.#backoff = new Backoff(this.#o.clock)
    if (pause === this.#cancels) this.#rest()
    else if (this.#transport && this.#transport.method !== this.#method()) this.#connect() // it was tried again meanwhile
  }

  #rest(hintMs?: number): void {
    this.#drop()
    const { clock, surroundings } = this.#o
    const online = surroundings.online.peek()
    const pause = online ? this.#backoff.next(hintMs) : OFFLINE_MS
    this.#show(online ? { is: 'waiting', until: clock.now() + pause } : { is: 'offline' })
    this.#later(pause, () => this.#connect())
  }

  async #snapshot(): Promise<void> {
    const pause = this.#cancels
    try {
      const s = await this.#o.api.conversations()
      if (pause !== this.#cancels) return // something else was begun meanwhile
      this.#o.feed.reset(s)
      this.#connect()
    } catch (e) {
      if (pause === this.#cancels) this.#ended(failureOf(e))
    }
  }

  /** Reads once by a plain request, and says whether the server answered. */
  async #ask(): Promise<boolean> {
    const { api, feed } = this.#o
    const cursor = feed.cursor
    try {
      const page = await api.feed(cursor)
      if (!this.#running || cursor !== feed.cursor) return true // the connection has brought it meanwhile
      const deaf = this.#hearing.asked(page.changes[0]?.version)
      this.#take(page)
      if (deaf && this.#openedAt !== undefined) this.#ended({ kind: 'lost' }, true)
      return true
    } catch (e) {
      const why = failureOf(e)
      if (this.#running && (why.kind === 'reset' || why.kind === 'unauthenticated')) this.#ended(why)
      return false
    }
  }

  #tick(): void {
    const now = this.#o.clock.now()
    const method = this.#transport?.method
    const streams = method === 'websocket' || method === 'sse'
    if (streams && this.#openedAt !== undefined && now - this.#heardAt > SILENT_MS) return this.#ended({ kind: 'lost' })
    this.#tally.show(this.#transport)
    if (streams && this.#o.surroundings.visible.peek() && this.#hearing.due(now)) void this.#ask()
    this.#later(TICK_MS, () => this.#tick())
  }

  /** Somebody looks at the page again. A connection that has slept with the device is likely dead. */
  #look(): void {
    const silence = this.#o.clock.now() - this.#heardAt
    if (!this.#transport || silence > STALE_MS || (this.#transport.method === 'poll' && silence > 1000)) this.#connect()
  }

  #planProbe(): void {
    const wait = this.#o.choice.peek() === 'automatic' ? this.#ladder.probeIn(this.#o.clock.now()) : undefined
    if (wait !== undefined) this.#later(wait, () => void this.#probe())
  }

  async #probe(): Promise<void> {
    const connection = this.#cancels
    const same = (): boolean => connection === this.#cancels
    const { feed } = this.#o
    // Without its code none is tried now: the next time it may be there.
    const works = await import('./trial').then((trial) => trial.first(this.#ladder.better(), feed, this.#o, same), () => undefined)
    if (!same()) return
    this.#ladder.probed(this.#o.clock.now(), works)
    if (works) this.#connect()
    else this.#planProbe()
  }

  #signedOut(): void {
    this.stop()
    this.#show({ is: 'stopped' })
    this.#o.signedOut()
  }

  #show(state: LineState): void {
    const { shown, clock } = this.#o
    const trouble = state.is !== 'live' && state.is !== 'stopped'
    batch(() => {
      shown.method.value = this.#transport?.method ?? this.#method()
      shown.state.value = state
      shown.troubledSince.value = trouble ? (shown.troubledSince.peek() ?? clock.now()) : undefined
      this.#tally.show(this.#transport)
    })
  }

  #later(ms: number, f: () => void): void {
    const cancels = this.#cancels
    const cancel = this.#o.clock.after(ms, () => {
      cancels.delete(cancel)
      f()
    })
    cancels.add(cancel)
  }

  #drop(): void {
    this.#cancels.forEach((cancel) => cancel())
    this.#cancels = new Set()
    this.#openedAt = undefined
    const transport = this.#transport
    this.#transport = undefined
    transport?.close()
    if (transport) this.#tally.closed(transport)
  }
}
