/** Time and chance, handed in so that tests need not wait and can repeat what they saw. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `f` once after `ms`; the returned function takes it back and may be called at any time. */
  after(ms: number, f: () => void): () => void
  /** At least 0, below 1. */
  random(): number
}

export const realClock: Clock = {
  now: () => Date.now(),
  after(ms, f) {
    const timer = setTimeout(f, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
