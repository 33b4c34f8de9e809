import { realClock, type Clock } from './clock'
import type { Identity } from './identity'
import type { Problem } from './wire.gen'

/**
 * A call that did not succeed. Decide by `code`; `detail` is a sentence for people. Status 0 with the code 'unreachable'
 * says that no answer of the server came: no network, a time limit, or somebody else's page in between, as behind the
 * sign-in of a guest network. Such a call may have been carried out all the same.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly field?: string,
    readonly retryAfterS?: number,
  ) {
    super(detail || code)
    this.name = 'ApiError'
  }

  /** Whether the same call may succeed later. */
  get transient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500
  }
}

export interface ApiOptions {
  /** Where the API is; default '/api/v1' of the page's own origin. */
  base?: string
  fetch?: typeof fetch
  /** How long an answer may take; default 15 s. A held feed request has its `wait` on top. */
  timeoutMs?: number
  clock?: Pick<Clock, 'after'>
  /** Guards against requests in the name of somebody who signed in in another tab. */
  identity?: Identity
}

/** One request; everything may be left out. */
export interface Call {
  method?: string
  body?: unknown
  query?: Record<string, string | number | boolean | undefined>
  signal?: AbortSignal | undefined
  /** Ends the request, and then the reading of a stream. */
  life?: AbortController
  timeoutMs?: number
  /** The type of the answer; default: JSON. */
  accept?: string
  /** Is told the bytes of the answer. */
  length?: ((bytes: number) => void) | undefined
  /** Needs nobody to be signed in. */
  open?: boolean
}

/** Asks the server over HTTP, with the cookie, and tells its answers from everybody else's. */
export class Requests {
  /** Called at each 401 'unauthenticated', and when another tab signs this person out or somebody else in. */
  onUnauthenticated: (() => void) | undefined
  readonly base: string
  readonly identity: Identity | undefined
  readonly #fetch: typeof fetch
  readonly #clock: Pick<Clock, 'after'>
  protected readonly timeoutMs: number

  constructor(o: ApiOptions = {}) {
    this.base = o.base ?? '/api/v1'
    this.#fetch = o.fetch ?? ((...a) => globalThis.fetch(...a))
    this.timeoutMs = o.timeoutMs ?? 15_000
    this.#clock = o.clock ?? realClock
    this.identity = o.identity
    this.identity?.lost.subscribe((lost) => {
      if (lost) this.onUnauthenticated?.()
    })
  }

  /** One call with a JSON answer; undefined for an answer without content. May throw an ApiError and nothing else. */
  async json<T>(path: string, call: Call = {}): Promise<T> {
    return this.#ask(path, call, async (answer) => {
      if (answer.status === 204) return undefined as T
      const text = await answer.text()
      call.length?.(bodyLength(answer, text))
      if (!typeOf(answer).startsWith(JSON_TYPE)) throw unreachable('the answer is not of this server')
      return JSON.parse(text) as T
    })
  }

  /** The text of an answer of another type, as of a drawing. */
  async text(path: string, accept: string): Promise<string> {
    return this.#ask(path, { accept }, (answer) => answer.text())
  }

  protected async stream(path: string, call: Call): Promise<ReadableStream<Uint8Array>> {
    return this.#ask(path, { ...call, accept: STREAM }, async (answer) => {
      if (!answer.body || !typeOf(answer).startsWith(STREAM)) throw unreachable('the answer is not a stream of events')
      return answer.body
    })
  }

  /** Asks, and reads the answer within the time limit of the whole call. */
  async #ask<T>(path: string, call: Call, read: (answer: Response) => Promise<T>): Promise<T> {
    if (!call.open && this.identity?.valid() === false) throw this.#refusal(401, signedOutElsewhere)
    const life = call.life ?? new AbortController()
    const stop = (): void => life.abort()
    const cancel = this.#clock.after(call.timeoutMs ?? this.timeoutMs, stop)
    call.signal?.addEventListener('abort', stop)
    if (call.signal?.aborted) stop()
    try {
      const answer = await this.#fetch(this.base + path + queryOf(call.query), this.#request(call, life.signal))
      if (!answer.ok) throw await this.#problem(answer)
      const got = await read(answer)
      if (!call.open && this.identity?.valid() === false) throw this.#refusal(401, signedOutElsewhere)
      return got
    } catch (e) {
      throw e instanceof ApiError ? e : unreachable(e instanceof Error ? e.message : '')
    } finally {
      cancel()
      call.signal?.removeEventListener('abort', stop)
    }
  }

  #request(call: Call, stop: AbortSignal): RequestInit {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    return {
      method: call.method ?? 'GET',
      headers: { Accept: call.accept ?? JSON_TYPE, ...(body === undefined ? {} : { 'Content-Type': JSON_TYPE }) },
      ...(body === undefined ? {} : { body }),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error', // the server never sends us elsewhere; the sign-in of a guest network does
      signal: stop,
    }
  }

  /** Reads a refusal. What is not in the server's own form comes from a proxy, and is no word on the request. */
  async #problem(answer: Response): Promise<ApiError> {
    const text = await answer.text()
    const after = retryAfter(answer.headers.get('Retry-After'))
    const { status } = answer
    if (typeOf(answer).startsWith('application/problem+json')) return this.#refusal(status, JSON.parse(text) as Problem, after)
    if (status !== 429 && status < 500) return unreachable(`somebody else answered ${status}`)
    return new ApiError(status, 'unavailable', '', undefined, after)
  }

  #refusal(status: number, p: Pick<Problem, 'code' | 'detail' | 'field'>, after?: number): ApiError {
    if (status === 401 && p.code === 'unauthenticated') this.onUnauthenticated?.()
    return new ApiError(status, p.code, p.detail ?? '', p.field, after)
  }
}

const JSON_TYPE = 'application/json'
const STREAM = 'text/event-stream'
const signedOutElsewhere = { code: 'unauthenticated', detail: 'You signed out in another tab.' }

export function unreachable(detail: string): ApiError {
  return new ApiError(0, 'unreachable', detail)
}

function typeOf(answer: Response): string {
  return answer.headers.get('Content-Type') ?? ''
}

/** Bytes of a body: as sent where the server says so, else about the length of the text. */
function bodyLength(answer: Response, text: string): number {
  return Number(answer.headers.get('Content-Length')) || text.length
}

function queryOf(query: Call['query'] = {}): string {
  const given = Object.entries(query).filter(([, v]) => v !== undefined && v !== '')
  return given.length ? '?' + given.map(([k, v]) => `${k}=${encodeURIComponent(String(v))}`).join('&') : ''
}

/** Seconds from a Retry-After header, which holds a number or a date. */
function retryAfter(header: string | null): number | undefined {
  if (!header) return undefined
  const s = Number(header)
  const wait = Number.isNaN(s) ? (Date.parse(header) - Date.now()) / 1000 : s
  return wait > 0 ? wait : undefined
}
