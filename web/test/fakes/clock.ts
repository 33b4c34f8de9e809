import type { Clock } from '../../src/core/clock'

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 10, 21, 9)
  #timers: { at: number; f: () => void }[] = []
  /** What `random` gives. */
  chance = 0.5

  now(): number {
    return this.#now
  }

  after(ms: number, f: () => void): () => void {
    const timer = { at: this.#now + ms, f }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer)
    }
  }

  random(): number {
    return this.chance
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Lets `ms` pass, and what that sets off happen, in order. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = this.#timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers = this.#timers.filter((t) => t !== next)
      this.#now = Math.max(this.#now, next.at)
      next.f()
      await settle()
    }
    this.#now = end
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((turn) => setImmediate(turn))
}
