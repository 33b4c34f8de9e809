import { ApiError } from '../api'
import type { Clock } from '../clock'
import type { Failure } from './transport'

/** What an unsuccessful call means for the transport that made it. */
export function failureOf(e: unknown): Failure {
  if (!(e instanceof ApiError)) return { kind: 'lost' }
  if (e.code === 'reset') return { kind: 'reset' }
  if (e.code === 'unauthenticated') return { kind: 'unauthenticated' }
  if (!e.transient) return { kind: 'refused' }
  return e.retryAfterS === undefined ? { kind: 'lost' } : { kind: 'lost', retryAfterMs: e.retryAfterS * 1000 }
}

/** What the server's last word, before it ends a stream or a socket, means. */
export function failureOfBye(code: string | undefined, retryAfterMs: number | undefined): Failure {
  if (code === 'reset' || code === 'unauthenticated') return { kind: code }
  return retryAfterMs ? { kind: 'lost', retryAfterMs } : { kind: 'lost' }
}

/** Sends acknowledgements in bundles: the first at once, then the newest after each pause. */
export class Acknowledger {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #send: (cursor: string) => void
  #next: string | undefined
  #cancel: (() => void) | undefined

  constructor(clock: Clock, everyMs: number, send: (cursor: string) => void) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#send = send
  }

  acknowledge(cursor: string): void {
    this.#next = cursor
    if (!this.#cancel) this.#flush()
  }

  close(): void {
    this.#cancel?.()
    this.#next = undefined
  }

  #flush(): void {
    const cursor = this.#next
    this.#next = undefined
    this.#cancel = cursor === undefined ? undefined : this.#clock.after(this.#everyMs, () => this.#flush())
    if (cursor !== undefined) this.#send(cursor)
  }
}
