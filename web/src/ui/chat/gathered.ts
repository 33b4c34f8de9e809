import type { Clock } from '../../core/clock'

/** A new message as it is read out. */
export interface Said {
  name: string
  text: string
}

const quietMs = 400
const longestMs = 2_000
const mostApart = 3

/**
 * Gathers new messages for the screen reader: up to three are read out one by one, more than three within two seconds
 * as a number. `tell` gets what has gathered once it is quiet for a moment, two seconds after the first at the latest.
 */
export class Gathered {
  #waiting: Said[] = []
  #first = 0
  #cancel: (() => void) | undefined
  #clock: Clock
  #tell: (said: readonly Said[], asNumber: boolean) => void

  constructor(clock: Clock, tell: (said: readonly Said[], asNumber: boolean) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  add(said: Said): void {
    const now = this.#clock.now()
    if (this.#waiting.length === 0) this.#first = now
    this.#waiting.push(said)
    this.#cancel?.()
    const left = this.#first + longestMs - now
    this.#cancel = this.#clock.after(Math.max(0, Math.min(quietMs, left)), () => this.#flush())
  }

  close(): void {
    this.#cancel?.()
    this.#waiting = []
  }

  #flush(): void {
    const said = this.#waiting
    this.#waiting = []
    if (said.length > 0) this.#tell(said, said.length > mostApart)
  }
}
