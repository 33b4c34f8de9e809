import { ApiError, type Api } from './api'
import type { Clock } from './clock'

const BETWEEN_MS = 500 // two read marks of one conversation
const AGAIN_MS = 5_000 // after a failed one
const TYPING_MS = 4_000

interface Mark {
  want: number // seq
  told: number // seq that the server has confirmed
  due: number // ms: when the next may leave
  busy: boolean
}

/** Tells the server what has been read: the highest seq of each conversation, at most twice a second, until it has arrived. */
export class ReadMarks {
  readonly #api: Pick<Api, 'mark'>
  readonly #clock: Clock
  readonly #marks = new Map<string, Mark>()
  readonly #timers = new Map<string, () => void>()
  #closed = false

  constructor(api: Pick<Api, 'mark'>, clock: Clock) {
    this.#api = api
    this.#clock = clock
  }

  tell(conversation: string, seq: number): void {
    const m = this.#marks.get(conversation) ?? { want: 0, told: 0, due: 0, busy: false }
    this.#marks.set(conversation, m)
    m.want = Math.max(m.want, seq)
    this.#look(conversation, m)
  }

  /** What has not arrived is to be told at once: the network is back. */
  flush(): void {
    for (const [conversation, m] of this.#marks) {
      m.due = Math.min(m.due, this.#clock.now())
      this.#look(conversation, m)
    }
  }

  close(): void {
    this.#closed = true
    for (const stop of this.#timers.values()) stop()
  }

  #look(conversation: string, m: Mark): void {
    this.#timers.get(conversation)?.()
    if (this.#closed || m.busy || m.want <= m.told) return
    const pause = m.due - this.#clock.now()
    if (pause <= 0) void this.#send(conversation, m)
    else this.#timers.set(conversation, this.#clock.after(pause, () => this.#look(conversation, m)))
  }

  async #send(conversation: string, m: Mark): Promise<void> {
    const seq = m.want
    m.busy = true
    m.due = this.#clock.now() + BETWEEN_MS
    try {
      await this.#api.mark(conversation, seq)
      m.told = seq
    } catch (e) {
      // A refusal will not change: access is lost, or the conversation gone.
      if (e instanceof ApiError && !e.transient) m.told = seq
      else m.due = this.#clock.now() + Math.max(AGAIN_MS, (e instanceof ApiError && e.retryAfterS || 0) * 1000)
    }
    m.busy = false
    this.#look(conversation, m)
  }
}

/** Tells the others that this person writes: at most every 4 s, and nobody minds if one is lost. */
export class TypingSigns {
  readonly #api: Pick<Api, 'typing'>
  readonly #clock: Clock
  readonly #told = new Map<string, number>() // conversation to when, ms

  constructor(api: Pick<Api, 'typing'>, clock: Clock) {
    this.#api = api
    this.#clock = clock
  }

  tell(conversation: string): void {
    const now = this.#clock.now()
    if (now - (this.#told.get(conversation) ?? -Infinity) < TYPING_MS) return
    this.#told.set(conversation, now)
    this.#api.typing(conversation).catch(() => undefined)
  }
}
