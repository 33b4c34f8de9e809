import { methods, type Method } from './transports/transport'

const WINDOW_MS = 20_000 // two failures within it lead one step down
const PROBE_MS = 5 * 60_000 // how long a lower step is kept before a better one is tried

/** Chooses the method of the automatic choice (B-36). It is told what happened, and when, and has no clock of its own. */
export class Ladder {
  #rung = 0
  #failedAt = -Infinity
  #settledAt: number

  constructor(now: number) {
    this.#settledAt = now
  }

  get method(): Method {
    return methods[this.#rung] ?? 'poll'
  }

  /**
   * The present method broke or could not be opened, while plain requests got through. `silent`: it opened and then told
   * nothing, as behind a proxy that holds answers back. That took long to find out, so one such failure is enough.
   */
  failure(now: number, silent: boolean): void {
    const again = now - this.#failedAt <= WINDOW_MS
    this.#failedAt = now
    if (!(again || silent) || this.#rung >= methods.length - 1) return
    this.#rung++
    this.#failedAt = -Infinity
    this.#settledAt = now
  }

  /** How long until the better methods are to be tried, in ms; undefined on the best one. */
  probeIn(now: number): number | undefined {
    return this.#rung === 0 ? undefined : Math.max(0, this.#settledAt + PROBE_MS - now)
  }

  /** The better methods, best first. */
  better(): readonly Method[] {
    return methods.slice(0, this.#rung)
  }

  /** The better methods were tried; `works` is the best that does, if any. */
  probed(now: number, works: Method | undefined): void {
    this.#settledAt = now
    if (!works) return
    this.#rung = methods.indexOf(works)
    this.#failedAt = -Infinity
  }
}
