import { batch } from '@preact/signals-core'
import type { Api } from './api'
import type { Clock } from './clock'
import { onChange, type Feed, type LineState, type Shown, type Surroundings } from './connection'
import type { TabMessage } from './tabs'
import { failureOf } from './transports/http'

const TICK_MS = 5000
const ALONE_MS = 500 // by then a leader has answered, or this tab leads itself
const QUIET_MS = 15_000 // three of the leader's signs of life
const GONE_MS = 30_000

export interface FollowerOptions {
  api: Api
  clock: Clock
  feed: Feed
  shown: Shown
  surroundings: Surroundings
  /** Asks the leader for its state. */
  hello(): void
  /** Takes the lead. */
  steal(): void
  signedOut(): void
}

type PageMessage = TabMessage & { is: 'page' }
type StateMessage = TabMessage & { is: 'state' }

/**
 * Takes part in what another tab receives. Pages are numbered; one that misses a number, or hears nothing for 15 s, reads
 * what there is by itself from its own cursor (P-9, P-10).
 */
export class Follower {
  readonly #o: FollowerOptions
  #running = false
  #unwatch: (() => void) | undefined
  #cancel: (() => void) | undefined
  #heardAt = 0
  #joined = '' // term and number of the last page that followed on what we have; '' for none
  #reading = false
  #waiting: PageMessage[] = [] // told while we read

  constructor(o: FollowerOptions) {
    this.#o = o
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#joined = ''
    this.#heardAt = this.#o.clock.now()
    this.#unwatch = onChange(this.#o.surroundings.visible, (visible) => visible && this.#look())
    this.#o.hello()
    this.#later(this.#o.feed.cursor ? TICK_MS : ALONE_MS)
  }

  stop(): void {
    this.#running = false
    this.#unwatch?.()
    this.#cancel?.()
    this.#waiting = []
  }

  tryNow(): void {
    if (this.#running) void this.#read('')
  }

  page(m: PageMessage): void {
    if (!this.#running) return
    this.#heardAt = this.#o.clock.now()
    if (this.#reading) this.#waiting.push(m)
    else if (this.#joined === `${m.term} ${m.n - 1}`) this.#take(m)
    else void this.#read(`${m.term} ${m.n}`)
  }

  state(m: StateMessage): void {
    if (!this.#running) return
    const { shown, feed, surroundings } = this.#o
    this.#heardAt = this.#o.clock.now()
    batch(() => {
      shown.method.value = m.shown.method
      shown.state.value = m.shown.state
      shown.troubledSince.value = m.shown.troubledSince
      shown.stats.value = m.shown.stats
    })
    const place = `${m.term} ${m.n}`
    if (this.#joined === place || feed.cursor === m.cursor) this.#join(place, m.cursor)
    else if (m.cursor) void this.#read(place)
    if (m.shown.state.is === 'stopped') void this.#read(place) // asks the server itself whether that holds for this tab
    if (m.idle && surroundings.visible.peek()) this.#o.steal()
  }

  /** The pages up to here are all there: the leader's cursor holds for us too. */
  #join(place: string, cursor: string): void {
    if (this.#reading || !cursor) return
    this.#joined = place
    this.#o.feed.cursor = cursor
  }

  #take(m: PageMessage): void {
    this.#joined = `${m.term} ${m.n}`
    try {
      this.#o.feed.take(m.page)
    } catch {
      this.#o.feed.cursor = ''
      void this.#read('')
    }
  }

  /**
   * Reads all that came after our cursor. It began after `place` was told, and so finds everything up to it: from there on
   * we can follow.
   */
  async #read(place: string): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    try {
      for (let next: string | undefined = place; next !== undefined; next = this.#catchUp()) {
        await this.#readAll()
        this.#joined = next
      }
      if (!this.#joined) this.#show({ is: 'live' })
    } catch (e) {
      this.#failed(failureOf(e).kind)
    }
    this.#reading = false
  }

  /** Takes in what was told while we read. Returns the place of a page that doesn't follow on: then we have to read again. */
  #catchUp(): string | undefined {
    for (let m = this.#waiting.shift(); m && this.#running; m = this.#waiting.shift()) {
      if (this.#joined !== `${m.term} ${m.n - 1}`) return `${m.term} ${m.n}`
      this.#take(m)
    }
    return undefined
  }

  async #readAll(): Promise<void> {
    const { api, feed } = this.#o
    if (!feed.cursor) {
      const snapshot = await api.conversations()
      if (this.#running) feed.reset(snapshot)
    }
    for (let more = true; more && this.#running; ) {
      const page = await api.feed(feed.cursor)
      if (this.#running) feed.take(page)
      more = page.more
    }
  }

  #failed(why: string): void {
    this.#joined = ''
    this.#waiting = []
    if (!this.#running) return
    if (why === 'reset') this.#o.feed.cursor = '' // the next reading begins with a snapshot
    if (why === 'unauthenticated') {
      this.stop()
      this.#show({ is: 'stopped' })
      this.#o.signedOut()
    } else if (this.#quiet()) this.#show({ is: 'connecting' })
  }

  #quiet(): boolean {
    return this.#o.clock.now() - this.#heardAt >= QUIET_MS
  }

  #look(): void {
    if (this.#quiet()) void this.#read('')
    this.#o.hello() // tells an idle leader that somebody is here
  }

  #tick(): void {
    const { clock, surroundings } = this.#o
    if (this.#quiet() || !this.#joined) void this.#read('')
    if (clock.now() - this.#heardAt >= GONE_MS && surroundings.visible.peek()) this.#o.steal()
    this.#later(TICK_MS)
  }

  #later(ms: number): void {
    this.#cancel = this.#o.clock.after(ms, () => this.#tick())
  }

  #show(state: LineState): void {
    const { shown, clock } = this.#o
    const fine = state.is === 'live' || state.is === 'stopped'
    shown.state.value = state
    shown.troubledSince.value = fine ? undefined : (shown.troubledSince.peek() ?? clock.now())
  }
}
