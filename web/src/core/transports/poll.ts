import type { Page } from '../wire.gen'
import { failureOf } from './http'
import type { Sink, Transport, TransportOptions, TransportStats } from './transport'

const HOLD_S = 25 // below the 30 s at which many proxies cut an idle answer
const HASTE_MS = 1000 // a proxy that answers held requests at once must not make us ask without pause

/**
 * Asks for one page after another: at an interval, or by requests that the server holds until there is something. Each
 * question presents the cursor, which acknowledges everything before it.
 */
export class Polling implements Transport {
  readonly method: 'long-poll' | 'poll'
  readonly #o: TransportOptions
  readonly #stop = new AbortController()
  readonly #stats: TransportStats = { requests: 0, received: 0 }
  #sink: Sink | undefined
  #cancel: (() => void) | undefined

  constructor(method: 'long-poll' | 'poll', o: TransportOptions) {
    this.method = method
    this.#o = o
  }

  /** The first question is never held, so that it tells at once whether the server is there. */
  open(cursor: string, sink: Sink): void {
    this.#sink = sink
    void this.#ask(cursor, 0, true)
  }

  acknowledge(): void {
    // the next question does it
  }

  close(): void {
    this.#sink = undefined
    this.#cancel?.()
    this.#stop.abort()
  }

  stats(): TransportStats {
    return { ...this.#stats }
  }

  async #ask(cursor: string, wait: number, first: boolean): Promise<void> {
    const started = this.#o.clock.now()
    const stats = this.#stats
    stats.requests++
    let page: Page
    try {
      page = await this.#o.api.feed(cursor, { wait, signal: this.#stop.signal, length: (n) => (stats.received += n) })
    } catch (e) {
      const sink = this.#sink
      this.close()
      return sink?.failed(failureOf(e))
    }
    const took = this.#o.clock.now() - started
    if (wait === 0) stats.latencyMs = took // a held answer takes as long as nothing happens
    if (first) this.#sink?.opened()
    this.#sink?.page(page)
    if (this.#sink) this.#goOn(page, wait, took)
  }

  #goOn(page: Page, wait: number, took: number): void {
    const { clock, intervalS } = this.#o
    if (page.more) return void this.#ask(page.cursor, 0, false)
    if (this.method === 'poll') return this.#later(intervalS.peek() * 1000 * (0.9 + clock.random() / 5), page.cursor)
    const hasty = wait > 0 && took < HASTE_MS && page.changes.length + page.ephemeral.length === 0
    if (hasty) this.#later(HASTE_MS, page.cursor)
    else void this.#ask(page.cursor, HOLD_S, false) // without a timer, which browsers delay in hidden tabs
  }

  #later(ms: number, cursor: string): void {
    this.#cancel = this.#o.clock.after(ms, () => void this.#ask(cursor, this.method === 'poll' ? 0 : HOLD_S, false))
  }
}
