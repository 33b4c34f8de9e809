import type { Clock } from './clock'

const BASE_MS = 500
const CAP_MS = 30_000
const STABLE_MS = 60_000 // what held this long was no part of the trouble

/**
 * The pauses between tries: exponential from 0.5 to 30 s with full jitter, so that devices which were thrown out
 * together don't come back together.
 */
export class Backoff {
  readonly #clock: Pick<Clock, 'random'>
  #tries = 0

  constructor(clock: Pick<Clock, 'random'>) {
    this.#clock = clock
  }

  /** The pause before the next try in ms. `hintMs` is the least that the server asked for; jitter goes on top of it. */
  next(hintMs = 0): number {
    const limit = Math.min(CAP_MS, BASE_MS * 2 ** this.#tries)
    this.#tries = Math.min(this.#tries + 1, 10)
    return Math.round(hintMs + this.#clock.random() * Math.max(limit, Math.min(hintMs, CAP_MS)))
  }

  /** Takes note of how long a connection held: after 60 s the pauses begin anew. */
  lived(ms: number): void {
    if (ms >= STABLE_MS) this.#tries = 0
  }
}
