import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { Identity } from './identity'
import type {
  About, Assign, Conversation, Invitation, Invite, Message, MessageList, NewMessage, OpenConversation, Page, Patient, PatientList,
  Person, Problem, Redeem, Redeemed, Register, Session, SignedIn, Snapshot, TeamMember,
} from './wire.gen'

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
  /** Guards against requests in the name of somebody who signed in in another tab. */
  identity?: Identity
}

export interface Traffic {
  requests: number
  /** Bytes of bodies, without headers and before decompression was undone, as far as the browser tells. */
  received: number
  sent: number
}

export interface FeedOptions {
  /** How long the server may hold the answer until there is something, in s; 0 to 60. */
  wait?: number
  limit?: number
  signal?: AbortSignal
  /** Is told the bytes of the answer. */
  length?: (bytes: number) => void
}

interface Call {
  method?: string
  body?: unknown
  query?: Record<string, string | number | boolean | undefined>
  signal?: AbortSignal | undefined
  /** Ends the request, and then the reading of a stream. */
  life?: AbortController
  timeoutMs?: number
  headers?: Record<string, string>
  length?: ((bytes: number) => void) | undefined
  /** Needs nobody to be signed in. */
  open?: boolean
}

/** The HTTP calls of the server, as docs/protocol/http.md tells them. Every call may throw an ApiError and nothing else. */
export class Api {
  /** Called at each 401 'unauthenticated', and when another tab signs this person out or somebody else in. */
  onUnauthenticated: (() => void) | undefined
  readonly base: string
  readonly identity: Identity | undefined
  readonly traffic: ReadonlySignal<Traffic>
  readonly #counted = signal<Traffic>({ requests: 0, received: 0, sent: 0 })
  readonly #fetch: typeof fetch
  readonly #timeoutMs: number

  constructor(o: ApiOptions = {}) {
    this.base = o.base ?? '/api/v1'
    this.#fetch = o.fetch ?? ((...a) => globalThis.fetch(...a))
    this.#timeoutMs = o.timeoutMs ?? 15_000
    this.identity = o.identity
    this.traffic = this.#counted
    this.identity?.lost.subscribe((lost) => {
      if (lost) this.onUnauthenticated?.()
    })
  }

  async about(): Promise<About> {
    return this.#json('/about', { open: true })
  }

  /** Whose the cookie is; this tab then works for them. */
  async me(): Promise<Person> {
    const { person } = await this.#json<{ person: Person }>('/me', { open: true })
    this.identity?.resumed(person.id)
    return person
  }

  async signIn(handle: string, password: string): Promise<Person> {
    return this.#enter('/sessions', { handle, password })
  }

  /** Open mode: signs in as an account that has no password. */
  async choose(account: string): Promise<Person> {
    return this.#enter('/sessions', { account })
  }

  async register(r: Register): Promise<Person> {
    return this.#enter('/people', r)
  }

  /** Open mode: the accounts without a password; 404 elsewhere. */
  async accounts(): Promise<Person[]> {
    return (await this.#json<{ people: Person[] }>('/accounts', { open: true })).people
  }

  async redeem(r: Redeem): Promise<Redeemed> {
    const redeemed = await this.#json<Redeemed>('/invitations/redeem', { method: 'POST', body: r, open: true })
    this.identity?.signedIn(redeemed.person.id)
    return redeemed
  }

  /** Signs this device out, in all tabs. A session that is over already counts as success. */
  async signOut(): Promise<void> {
    try {
      await this.#json('/sessions/current', { method: 'DELETE' })
    } catch (e) {
      if (!(e instanceof ApiError && e.status === 401)) throw e
    }
    this.identity?.signedOut()
  }

  async sessions(): Promise<Session[]> {
    return (await this.#json<{ sessions: Session[] }>('/sessions')).sessions
  }

  async endSession(id: string): Promise<void> {
    await this.#json(`/sessions/${id}`, { method: 'DELETE' })
  }

  async changePassword(current: string, next: string): Promise<void> {
    await this.#json('/me/password', { method: 'PUT', body: { current, new: next } })
  }

  async people(query: string, limit?: number): Promise<Person[]> {
    return (await this.#json<{ people: Person[] }>('/people', { query: { query, limit } })).people
  }

  /** The snapshot: every conversation, and the cursor that the feed goes on from. */
  async conversations(): Promise<Snapshot> {
    return this.#json('/conversations')
  }

  async conversation(id: string): Promise<Conversation> {
    return (await this.#json<{ conversation: Conversation }>(`/conversations/${id}`)).conversation
  }

  async open(o: OpenConversation): Promise<Conversation> {
    return (await this.#json<{ conversation: Conversation }>('/conversations', { method: 'POST', body: o })).conversation
  }

  async messages(conversation: string, page: { before?: number; after?: number; limit?: number } = {}): Promise<MessageList> {
    return this.#json(`/conversations/${conversation}/messages`, { query: page })
  }

  /** May be repeated for ever with the same id: the message that is there already counts as success. */
  async send(conversation: string, m: NewMessage): Promise<Message> {
    return this.#message('POST', `/conversations/${conversation}/messages`, m)
  }

  async correct(conversation: string, seq: number, text: string): Promise<Message> {
    return this.#message('PATCH', `/conversations/${conversation}/messages/${seq}`, { text })
  }

  async retract(conversation: string, seq: number): Promise<Message> {
    return this.#message('DELETE', `/conversations/${conversation}/messages/${seq}`)
  }

  async mark(conversation: string, read: number): Promise<void> {
    await this.#json(`/conversations/${conversation}/marks`, { method: 'PUT', body: { read } })
  }

  async typing(conversation: string): Promise<void> {
    await this.#json(`/conversations/${conversation}/typing`, { method: 'POST' })
  }

  async addMember(conversation: string, person: string): Promise<void> {
    await this.#json(`/conversations/${conversation}/members`, { method: 'POST', body: { person } })
  }

  /** Removes somebody from a group; 'me' leaves it. */
  async removeMember(conversation: string, person: string): Promise<void> {
    await this.#json(`/conversations/${conversation}/members/${person}`, { method: 'DELETE' })
  }

  /** What came after `cursor`, which also says that everything before it has arrived. `wait` in s holds the answer. */
  async feed(cursor: string, o: FeedOptions = {}): Promise<Page> {
    const wait = o.wait ?? 0
    const timeoutMs = this.#timeoutMs + wait * 1000
    const query = { cursor, wait, limit: o.limit }
    const page = await this.#json<Page>('/feed', { query, signal: o.signal, timeoutMs, length: o.length })
    if (!Array.isArray(page.changes)) throw unreachable('the answer is not of this server')
    return page
  }

  async patients(o: { query?: string; ward?: string; mine?: boolean; limit?: number; after?: string }): Promise<PatientList> {
    return this.#json('/patients', { query: { ...o, mine: o.mine ? 1 : undefined } })
  }

  async patient(id: string): Promise<Patient> {
    return (await this.#json<{ patient: Patient }>(`/patients/${id}`)).patient
  }

  async invite(patient: string, i: Invite): Promise<Invitation> {
    return this.#json(`/patients/${patient}/invitations`, { method: 'POST', body: i })
  }

  qrURL(patient: string, invitation: string): string {
    return `${this.base}/patients/${patient}/invitations/${invitation}/qr.svg`
  }

  cardURL(patient: string, invitation: string): string {
    return `${this.base}/patients/${patient}/invitations/${invitation}/card`
  }

  async revoke(patient: string, link: string, reason: string): Promise<void> {
    await this.#json(`/patients/${patient}/links/${link}/revoke`, { method: 'POST', body: { reason } })
  }

  async assign(patient: string, a: Assign): Promise<TeamMember> {
    return (await this.#json<{ assignment: TeamMember }>(`/patients/${patient}/assignments`, { method: 'POST', body: a })).assignment
  }

  async unassign(patient: string, assignment: string): Promise<void> {
    await this.#json(`/patients/${patient}/assignments/${assignment}`, { method: 'DELETE' })
  }

  async #enter(path: string, body: unknown): Promise<Person> {
    const { person } = await this.#json<SignedIn>(path, { method: 'POST', body, open: true })
    this.identity?.signedIn(person.id)
    return person
  }

  async #message(method: string, path: string, body?: unknown): Promise<Message> {
    return (await this.#json<{ message: Message }>(path, { method, body })).message
  }

  /** The feed as a stream of server-sent events, once its head has come. `life` ends it. */
  async events(cursor: string, life: AbortController): Promise<ReadableStream<Uint8Array>> {
    return this.#ask('/feed/events', { query: { cursor }, life, headers: { Accept: STREAM } }, async (answer) => {
      if (!answer.body || !typeOf(answer).startsWith(STREAM)) throw unreachable('the answer is not a stream of events')
      return answer.body
    })
  }

  /** Adds what a WebSocket or a stream carried to the traffic. */
  count(received: number, sent = 0, requests = 0): void {
    const t = this.#counted.peek()
    this.#counted.value = { requests: t.requests + requests, received: t.received + received, sent: t.sent + sent }
  }

  async #json<T>(path: string, call: Call = {}): Promise<T> {
    return this.#ask(path, call, async (answer) => {
      if (answer.status === 204) return undefined as T
      const text = await answer.text()
      const length = bodyLength(answer, text)
      this.count(length)
      call.length?.(length)
      if (!typeOf(answer).startsWith('application/json')) throw unreachable('the answer is not of this server')
      return JSON.parse(text) as T
    })
  }

  /** Asks, and reads the answer within the time limit of the whole call. */
  async #ask<T>(path: string, call: Call, read: (answer: Response) => Promise<T>): Promise<T> {
    if (!call.open && this.identity?.valid() === false) throw this.#refusal(401, signedOutElsewhere)
    const life = call.life ?? new AbortController()
    const stop = (): void => life.abort()
    const timer = setTimeout(stop, call.timeoutMs ?? this.#timeoutMs)
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
      clearTimeout(timer)
      call.signal?.removeEventListener('abort', stop)
    }
  }

  #request(call: Call, stop: AbortSignal): RequestInit {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    this.count(0, body?.length ?? 0, 1)
    return {
      method: call.method ?? 'GET',
      headers: { ...call.headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
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
    this.count(bodyLength(answer, text))
    const after = retryAfter(answer.headers.get('Retry-After'))
    if (typeOf(answer).startsWith('application/problem+json')) return this.#refusal(answer.status, JSON.parse(text) as Problem, after)
    const telling = answer.status === 429 || answer.status >= 500
    return new ApiError(telling ? answer.status : 0, telling ? 'unavailable' : 'unreachable', '', undefined, after)
  }

  #refusal(status: number, p: Pick<Problem, 'code' | 'detail' | 'field'>, after?: number): ApiError {
    if (status === 401 && p.code === 'unauthenticated') this.onUnauthenticated?.()
    return new ApiError(status, p.code, p.detail ?? '', p.field, after)
  }
}

const STREAM = 'text/event-stream'
const signedOutElsewhere = { code: 'unauthenticated', detail: 'You signed out in another tab.' }

function unreachable(detail: string): ApiError {
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
