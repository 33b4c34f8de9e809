import type { Signal } from '@preact/signals-core'
import { methods, type Method, type Transport } from './transports/transport'

/** What was received by one method since the page was loaded. */
export interface MethodStats {
  requests: number
  /** Bytes. */
  received: number
  /** How often the connection was made again after it had broken. */
  reconnects: number
  /** The last request to its answer, or ping to pong. */
  latencyMs?: number
  /** Ms since 1970; left out while not connected by this method. */
  connectedSince?: number
  /** Ms since 1970. */
  lastMessageAt?: number
  failures: number
}

export type Stats = Readonly<Record<Method, MethodStats>>

export function noStats(): Record<Method, MethodStats> {
  const none = methods.map((m) => [m, { requests: 0, received: 0, reconnects: 0, failures: 0 }])
  return Object.fromEntries(none) as Record<Method, MethodStats> // all of `methods` are there
}

/** Adds up what the transports did, one after the other, and shows it. */
export class Tally {
  readonly #shown: Signal<Stats>
  readonly #sums = noStats() // without the transport that is open
  #broken = false

  constructor(shown: Signal<Stats>) {
    this.#shown = shown
  }

  opened(method: Method, now: number): void {
    const sum = this.#sums[method]
    sum.connectedSince = now
    if (this.#broken) sum.reconnects++
    this.#broken = false
  }

  failed(method: Method): void {
    this.#sums[method].failures++
    this.#broken = true
  }

  message(method: Method, now: number): void {
    this.#sums[method].lastMessageAt = now
  }

  /** The transport is closed: its figures become part of the sums. */
  closed(t: Transport): void {
    this.#sums[t.method] = this.#with(t)
    delete this.#sums[t.method].connectedSince
  }

  show(t: Transport | undefined): void {
    this.#shown.value = { ...structuredClone(this.#sums), ...(t ? { [t.method]: this.#with(t) } : {}) }
  }

  #with(t: Transport): MethodStats {
    const sum = this.#sums[t.method]
    const { requests, received, latencyMs } = t.stats()
    const latency = latencyMs === undefined ? {} : { latencyMs }
    return { ...sum, ...latency, requests: sum.requests + requests, received: sum.received + received }
  }
}
