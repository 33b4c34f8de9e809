import { effect, signal, untracked, type ReadonlySignal, type Signal } from '@preact/signals-core'
import type { Api } from './api'
import { realClock, type Clock } from './clock'
import { onChange, type Choice, type Feed, type FeedPage, type LineState, type Shown, type Surroundings } from './connection'
import type { Follower, FollowerOptions } from './follower'
import { randomName } from './id'
import type { Channel } from './identity'
import { Receiver } from './receiver'
import { noStats, type MethodStats, type Stats } from './tally'
import { Tabs, type TabMessage } from './tabs'
import { methods, type Method, type TransportOptions } from './transports/transport'
import type { TestResult } from './trial'
import type { Change, Ephemeral, Snapshot } from './wire.gen'

export type { Choice, LineState, MethodStats, Stats, Surroundings, TestResult }

const BEAT_MS = 5000
const ELECTION_MS = 300 // by then a tab that is alone leads
const IDLE_MS = 30_000 // a tab that is hidden for so long leaves the lead to one that is not

export interface LineOptions {
  api: Api
  /** Who is signed in. Nothing that other tabs tell for anybody else is taken in. */
  person: string
  surroundings: Surroundings
  /** Kept per device by the settings; the line writes them when somebody chooses, here or in another tab. */
  choice: Signal<Choice>
  /** Of polling, in s. */
  intervalS: Signal<number>
  /** Where the store is; '' (default) begins with a snapshot, however long it takes to get one. */
  cursor?: string
  /** Applies changes to the store, at once and in order. After a gap was mended some may come again. */
  apply(changes: readonly Change[], ephemeral: readonly Ephemeral[]): void
  /** Replaces what the store holds. */
  reset(s: Snapshot): void
  /** The server knows this session no more. Default: what Api does then. */
  signedOut?: () => void
  clock?: Clock
  /** navigator.locks and BroadcastChannel, where the page has them; without both, each tab connects for itself. */
  locks?: LockManager | undefined
  channel?: ((name: string) => Channel) | undefined
  socket?: TransportOptions['socket']
}

/**
 * The one connection of this tab or, through tabs.ts, of all tabs of this browser. It comes back by itself for as long as
 * somebody is signed in, and goes on from the last change applied, so that nothing is lost and nothing told anew.
 */
export class Line {
  readonly choice: ReadonlySignal<Choice>
  /** Of polling, in s: 2, 5, 10, 15, 30 or 60. */
  readonly intervalS: ReadonlySignal<number>
  /** In use or being tried. */
  readonly method: ReadonlySignal<Method>
  readonly state: ReadonlySignal<LineState>
  /** Since when not live, in ms since 1970: the bar comes after 3 s of it (B-34). */
  readonly troubledSince: ReadonlySignal<number | undefined>
  readonly stats: ReadonlySignal<Stats>
  /** Whether this tab holds the connection. */
  readonly leads: ReadonlySignal<boolean>
  readonly #o: LineOptions
  readonly #clock: Clock
  readonly #feed: Feed
  readonly #shown: Shown
  readonly #tabs: Tabs
  readonly #receiver: Receiver
  readonly #following: FollowerOptions
  #follower: Follower | undefined // as soon as it is needed
  #term = randomName() // of leading: pages are numbered within one
  #n = 0
  #hiddenSince: number | undefined
  #cancelTimer: (() => void) | undefined
  #unwatch: (() => void)[] = []
  #closed = false

  constructor(o: LineOptions) {
    this.#o = o
    const clock = (this.#clock = o.clock ?? realClock)
    const { api, surroundings } = o
    const shown = (this.#shown = {
      method: signal<Method>(o.choice.peek() === 'automatic' ? 'websocket' : (o.choice.peek() as Method)),
      state: signal<LineState>({ is: 'connecting' }),
      troubledSince: signal<number | undefined>(clock.now()),
      stats: signal<Stats>(noStats()),
    })
    const feed = (this.#feed = { cursor: o.cursor ?? '', take: (p) => this.#take(p), reset: (s) => this.#reset(s) })
    this.#tabs = new Tabs({
      person: o.person, epoch: () => api.identity?.epoch ?? '', clock, locks: o.locks, channel: o.channel,
      hear: (m) => this.#hear(m),
    })
    const signedOut = o.signedOut ?? (() => api.onUnauthenticated?.())
    const { crowded } = this.#tabs
    this.#receiver = new Receiver({ ...this.#transports(), feed, shown, surroundings, choice: o.choice, crowded, signedOut })
    this.#following = {
      api, clock, feed, shown, surroundings, signedOut,
      hello: () => this.#tabs.send({ is: 'hello' }),
      steal: () => this.#tabs.steal(),
    }
    this.choice = o.choice
    this.intervalS = o.intervalS
    this.method = shown.method
    this.state = shown.state
    this.troubledSince = shown.troubledSince
    this.stats = shown.stats
    this.leads = this.#tabs.leads
  }

  start(): void {
    const { surroundings, api } = this.#o
    const hidden = (visible: boolean): void => {
      this.#hiddenSince = visible ? undefined : this.#clock.now()
    }
    hidden(surroundings.visible.peek())
    this.#tabs.start()
    this.#unwatch = [
      onChange(surroundings.visible, hidden),
      this.leads.subscribe((leads) => this.#lead(leads)),
      effect(() => this.#tellState()),
      onChange(api.identity?.lost ?? signal(false), () => this.close()),
    ]
  }

  /** Changes the way of receiving at once; loses and repeats nothing (B-37). All tabs follow. */
  choose(c: Choice, intervalS: number = this.intervalS.peek()): void {
    this.#chosen(c, intervalS)
    this.#tabs.send({ is: 'choice', choice: c, intervalS })
  }

  /** Ends the pause before the next try. */
  tryNow(): void {
    this.#tabs.send({ is: 'try' })
    this.#receiver.tryNow()
    this.#follower?.tryNow()
  }

  /** Tries all four, one after the other, beside the live connection; half a minute at most. */
  async test(onResult: (r: TestResult) => void): Promise<TestResult[]> {
    const { tryMethod } = await import('./trial')
    const results: TestResult[] = []
    for (const method of methods) {
      const result = await tryMethod(method, this.#feed.cursor, this.#transports())
      results.push(result)
      onResult(result)
    }
    return results
  }

  /** Ends everything, for this tab; another one takes the lead. A closed line is of no more use. */
  close(): void {
    this.#unwatch.splice(0).forEach((f) => f())
    this.#cancelTimer?.()
    this.#receiver.stop()
    this.#follower?.stop()
    this.#closed = true
    this.#tabs.close()
    this.#shown.state.value = { is: 'stopped' }
    this.#shown.troubledSince.value = undefined
  }

  #transports(): TransportOptions {
    return { api: this.#o.api, clock: this.#clock, intervalS: this.#o.intervalS, socket: this.#o.socket }
  }

  #lead(leads: boolean): void {
    this.#cancelTimer?.()
    if (!leads) {
      this.#receiver.stop()
      return this.#follow(ELECTION_MS)
    }
    this.#follower?.stop()
    this.#term = randomName()
    this.#receiver.start()
    this.#beat()
  }

  /**
   * Follows the tab that leads. Most pages are alone, so the code for it is fetched by those that are not, again and again
   * until it is there; what is told meanwhile is read then.
   */
  #follow(afterMs: number): void {
    if (this.#follower) return this.#follower.start()
    this.#cancelTimer = this.#clock.after(afterMs, () => void import('./follower').then(({ Follower }) => {
      this.#follower ??= new Follower(this.#following)
      if (!this.#closed && !this.leads.peek()) this.#follower.start()
    }, () => {
      if (!this.#closed && !this.leads.peek()) this.#follow(BEAT_MS)
    }))
  }

  #beat(): void {
    this.#tellState()
    this.#cancelTimer = this.#clock.after(BEAT_MS, () => this.#beat())
  }

  #take(page: FeedPage): void {
    this.#o.apply(page.changes, page.ephemeral)
    this.#feed.cursor = page.cursor || this.#feed.cursor
    if (!this.leads.peek() || page.changes.length + page.ephemeral.length === 0) return
    this.#n++
    this.#tabs.send({ is: 'page', term: this.#term, n: this.#n, page: { ...page, cursor: this.#feed.cursor } })
  }

  #reset(s: Snapshot): void {
    this.#o.reset(s)
    this.#feed.cursor = s.cursor
    this.#term = randomName() // the others can't follow over this: they read for themselves
  }

  /** Reads the signals that are to be told at once when they change. */
  #tellState(): void {
    const { method, state, troubledSince, stats } = this.#shown
    const shown = { method: method.value, state: state.value, troubledSince: troubledSince.value, stats: stats.peek() }
    if (!this.leads.peek()) return
    const idle = this.#hiddenSince !== undefined && this.#clock.now() - this.#hiddenSince >= IDLE_MS
    this.#tabs.send({ is: 'state', term: this.#term, n: this.#n, cursor: this.#feed.cursor, idle, shown })
  }

  #hear(m: TabMessage): void {
    if (m.is === 'choice') this.#chosen(m.choice, m.intervalS)
    else if (m.is === 'page') this.#follower?.page(m)
    else if (m.is === 'state') this.#follower?.state(m)
    else if (this.leads.peek() && m.is === 'hello') untracked(() => this.#tellState())
    else if (this.leads.peek() && m.is === 'try') this.#receiver.tryNow()
  }

  #chosen(c: Choice, intervalS: number): void {
    this.#o.intervalS.value = intervalS
    this.#o.choice.value = c
  }
}
