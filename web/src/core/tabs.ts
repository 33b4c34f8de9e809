import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { Clock } from './clock'
import type { Choice, FeedPage, LineState } from './connection'
import { randomName } from './id'
import type { Channel } from './identity'
import type { Stats } from './tally'
import type { Method } from './transports/transport'

/** What tabs of the same browser tell each other. */
export type TabMessage =
  | { is: 'page'; term: string; n: number; page: FeedPage } // n counts the pages of one term of leading
  | { is: 'state'; term: string; n: number; cursor: string; idle: boolean; shown: TabState } // every 5 s, and at changes
  | { is: 'hello' } // asks the leader for its state
  | { is: 'choice'; choice: Choice; intervalS: number }
  | { is: 'try' }
  | { is: 'here'; since: number } // where tabs can't elect a leader
  | { is: 'gone' }

export interface TabState {
  method: Method
  state: LineState
  troubledSince: number | undefined
  stats: Stats
}

export interface TabsOptions {
  person: string
  /** The sign-in that this tab belongs to; see Identity. */
  epoch: () => string
  clock: Clock
  locks?: LockManager | undefined
  channel?: ((name: string) => Channel) | undefined
  hear(m: TabMessage): void
}

const NAME = 'kinward.line'
const HERE_MS = 5000
const GONE_MS = 70_000 // the timers of a hidden tab may run once a minute only
const STREAMS = 3 // of the six connections to one place that HTTP/1.1 has

interface Envelope {
  person: string
  epoch: string
  tab: string
  m: TabMessage
}

/**
 * The tabs of one browser in which the same person is signed in. A Web Lock elects the one that leads (P-9). Where there is
 * none, on plain HTTP, every tab leads for itself, and the fourth and later ones are told that it is crowded (P-10).
 */
export class Tabs {
  /** Whether this tab is to hold the connection. */
  readonly leads: ReadonlySignal<boolean>
  readonly crowded: ReadonlySignal<boolean>
  readonly #leads = signal(false)
  readonly #crowded = signal(false)
  readonly #o: TabsOptions
  readonly #tab: string
  readonly #since: number
  readonly #others = new Map<string, { since: number; heard: number }>()
  #channel: Channel | undefined
  #turn: AbortController | undefined // of our place in the queue for the lock
  #release: (() => void) | undefined
  #cancel: (() => void) | undefined

  constructor(o: TabsOptions) {
    this.#o = o
    this.leads = this.#leads
    this.crowded = this.#crowded
    this.#since = o.clock.now()
    this.#tab = randomName()
  }

  start(): void {
    const channel = (this.#channel = this.#o.channel?.(NAME))
    if (channel) channel.onmessage = (e) => this.#hear(e.data as Envelope)
    if (channel && this.#o.locks) return void this.#queue(this.#o.locks, false)
    this.#leads.value = true
    if (channel) this.#here()
  }

  send(m: TabMessage): void {
    const envelope: Envelope = { person: this.#o.person, epoch: this.#o.epoch(), tab: this.#tab, m }
    this.#channel?.postMessage(envelope)
  }

  /** Takes the lead from a tab that is hidden or frozen; that one goes back into the queue when it notices. */
  steal(): void {
    if (this.#o.locks && this.#turn && !this.#leads.peek()) void this.#queue(this.#o.locks, true)
  }

  close(): void {
    this.send({ is: 'gone' })
    this.#cancel?.()
    this.#turn?.abort()
    this.#turn = undefined
    this.#release?.()
    this.#leads.value = false
    this.#channel?.close()
    this.#channel = undefined
  }

  #hear({ person, epoch, tab, m }: Envelope): void {
    if (person !== this.#o.person || epoch !== this.#o.epoch()) return
    if (m.is !== 'here' && m.is !== 'gone') return this.#o.hear(m)
    const known = this.#others.delete(tab)
    if (m.is === 'here') this.#others.set(tab, { since: m.since, heard: this.#o.clock.now() })
    if (m.is === 'here' && !known) this.send({ is: 'here', since: this.#since }) // a new tab need not wait to know us
    this.#count()
  }

  async #queue(locks: LockManager, steal: boolean): Promise<void> {
    this.#turn?.abort()
    const turn = (this.#turn = new AbortController())
    try {
      await locks.request(`${NAME} ${this.#o.person}`, steal ? { steal } : { signal: turn.signal }, () => this.#lead(turn))
    } catch (e) {
      if (!(e instanceof Error && e.name === 'AbortError')) { // no locks for this page after all
        this.#leads.value = true
        return
      }
    }
    if (this.#turn !== turn) return
    this.#leads.value = false // another tab has stolen the lead
    void this.#queue(locks, false)
  }

  #lead(turn: AbortController): Promise<void> | undefined {
    if (this.#turn !== turn) return
    this.#leads.value = true
    return new Promise((release) => (this.#release = release))
  }

  #here(): void {
    this.send({ is: 'here', since: this.#since })
    this.#count()
    this.#cancel = this.#o.clock.after(HERE_MS, () => this.#here())
  }

  #count(): void {
    let older = 0
    for (const [tab, other] of this.#others) {
      if (this.#o.clock.now() - other.heard > GONE_MS) this.#others.delete(tab)
      else if (other.since < this.#since || (other.since === this.#since && tab < this.#tab)) older++
    }
    this.#crowded.value = older >= STREAMS
  }
}
