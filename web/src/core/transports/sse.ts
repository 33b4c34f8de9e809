import type { Page, ServerFrame } from '../wire.gen'
import { EventParser, type ServerEvent } from './events'
import { Acknowledger, failureOf, failureOfBye } from './http'
import type { Sink, Transport, TransportOptions, TransportStats } from './transport'

const ACK_MS = 2000

/**
 * Receives server-sent events by fetch rather than by EventSource, which hides the status and Retry-After of a refusal,
 * can't tell the page of a guest network from a cut line, and reconnects on its own.
 */
export class Events implements Transport {
  readonly method = 'sse'
  readonly #o: TransportOptions
  readonly #stop = new AbortController()
  readonly #stats: TransportStats = { requests: 1, received: 0 }
  readonly #acks: Acknowledger
  #sink: Sink | undefined
  #live = false

  constructor(o: TransportOptions) {
    this.#o = o
    this.#acks = new Acknowledger(o.clock, ACK_MS, (cursor) => void this.#present(cursor))
  }

  open(cursor: string, sink: Sink): void {
    this.#sink = sink
    void this.#read(cursor, this.#o.clock.now())
  }

  acknowledge(cursor: string): void {
    this.#acks.acknowledge(cursor)
  }

  close(): void {
    this.#sink = undefined
    this.#acks.close()
    this.#stop.abort()
  }

  stats(): TransportStats {
    return { ...this.#stats }
  }

  async #read(cursor: string, started: number): Promise<void> {
    const parser = new EventParser()
    const decoder = new TextDecoder()
    try {
      const reader = (await this.#o.api.events(cursor, this.#stop)).getReader()
      for (let part = await reader.read(); this.#sink && !part.done; part = await reader.read()) {
        this.#stats.received += part.value.length
        this.#sink.heard()
        for (const event of parser.push(decoder.decode(part.value, { stream: true }))) this.#take(event, started)
      }
      this.#fail({ kind: 'lost' })
    } catch (e) {
      this.#fail(failureOf(e))
    }
  }

  #take(event: ServerEvent, started: number): void {
    if (event.name === 'reset') return this.#fail({ kind: 'reset' })
    if (event.name === 'bye') {
      const bye = JSON.parse(event.data) as ServerFrame
      return this.#fail(failureOfBye(bye.code, bye.retry_after_ms))
    }
    if (event.name === 'page') this.#page(JSON.parse(event.data) as Page, started)
    if (event.name !== 'head') return
    this.#sink?.page({ cursor: event.id, changes: [], ephemeral: [], more: false }) // past what is not ours
    this.#sink?.heard((JSON.parse(event.data) as ServerFrame).head)
  }

  /** The server begins with a page, even an empty one: only that shows that nothing on the way holds events back. */
  #page(page: Page, started: number): void {
    if (!this.#live) {
      this.#live = true
      this.#stats.latencyMs = this.#o.clock.now() - started
      this.#sink?.opened()
    }
    this.#sink?.page(page)
    this.#sink?.heard(page.head)
  }

  /** A stream goes one way. What this request answers is left to the stream to tell, and its failure to the next one. */
  async #present(cursor: string): Promise<void> {
    const started = this.#o.clock.now()
    this.#stats.requests++
    try {
      await this.#o.api.feed(cursor, { limit: 1, signal: this.#stop.signal, length: (n) => (this.#stats.received += n) })
      this.#stats.latencyMs = this.#o.clock.now() - started
    } catch {
      // see above
    }
  }

  #fail(why: Parameters<Sink['failed']>[0]): void {
    const sink = this.#sink
    this.close()
    sink?.failed(why)
  }
}
