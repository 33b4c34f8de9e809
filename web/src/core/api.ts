import { ApiError, Requests, unreachable } from './requests'
import type {
  About, Assign, Conversation, Invitation, Invite, Message, MessageList, NewMessage, OpenConversation, Page, Patient, PatientList,
  Person, Redeem, Redeemed, Register, Session, SignedIn, Snapshot, TeamMember,
} from './wire.gen'

export { ApiError }
export type { ApiOptions, Traffic } from './requests'

export interface FeedOptions {
  /** How long the server may hold the answer until there is something, in s; 0 to 60. */
  wait?: number
  limit?: number
  signal?: AbortSignal
  /** Is told the bytes of the answer. */
  length?: (bytes: number) => void
}

/** The HTTP calls of the server, as docs/protocol/http.md tells them. Every call may throw an ApiError and nothing else. */
export class Api extends Requests {
  async about(): Promise<About> {
    return this.json('/about', { open: true })
  }

  /** Whose the cookie is; this tab then works for them. */
  async me(): Promise<Person> {
    const { person } = await this.json<{ person: Person }>('/me', { open: true })
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
    return (await this.json<{ people: Person[] }>('/accounts', { open: true })).people
  }

  async redeem(r: Redeem): Promise<Redeemed> {
    const redeemed = await this.json<Redeemed>('/invitations/redeem', { method: 'POST', body: r, open: true })
    this.identity?.signedIn(redeemed.person.id)
    return redeemed
  }

  /** Signs this device out, in all tabs. A session that is over already counts as success. */
  async signOut(): Promise<void> {
    try {
      await this.json('/sessions/current', { method: 'DELETE' })
    } catch (e) {
      if (!(e instanceof ApiError && e.status === 401)) throw e
    }
    this.identity?.signedOut()
  }

  async sessions(): Promise<Session[]> {
    return (await this.json<{ sessions: Session[] }>('/sessions')).sessions
  }

  async endSession(id: string): Promise<void> {
    await this.json(`/sessions/${id}`, { method: 'DELETE' })
  }

  async changePassword(current: string, next: string): Promise<void> {
    await this.json('/me/password', { method: 'PUT', body: { current, new: next } })
  }

  async people(query: string, limit?: number): Promise<Person[]> {
    return (await this.json<{ people: Person[] }>('/people', { query: { query, limit } })).people
  }

  /** The snapshot: every conversation, and the cursor that the feed goes on from. */
  async conversations(): Promise<Snapshot> {
    return this.json('/conversations')
  }

  async conversation(id: string): Promise<Conversation> {
    return (await this.json<{ conversation: Conversation }>(`/conversations/${id}`)).conversation
  }

  async open(o: OpenConversation): Promise<Conversation> {
    return (await this.json<{ conversation: Conversation }>('/conversations', { method: 'POST', body: o })).conversation
  }

  async messages(conversation: string, page: { before?: number; after?: number; limit?: number } = {}): Promise<MessageList> {
    return this.json(`/conversations/${conversation}/messages`, { query: page })
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
    await this.json(`/conversations/${conversation}/marks`, { method: 'PUT', body: { read } })
  }

  async typing(conversation: string): Promise<void> {
    await this.json(`/conversations/${conversation}/typing`, { method: 'POST' })
  }

  async addMember(conversation: string, person: string): Promise<void> {
    await this.json(`/conversations/${conversation}/members`, { method: 'POST', body: { person } })
  }

  /** Removes somebody from a group; 'me' leaves it. */
  async removeMember(conversation: string, person: string): Promise<void> {
    await this.json(`/conversations/${conversation}/members/${person}`, { method: 'DELETE' })
  }

  /** What came after `cursor`, which also says that everything before it has arrived. `wait` in s holds the answer. */
  async feed(cursor: string, o: FeedOptions = {}): Promise<Page> {
    const wait = o.wait ?? 0
    const timeoutMs = this.timeoutMs + wait * 1000
    const query = { cursor, wait, limit: o.limit }
    const page = await this.json<Page>('/feed', { query, signal: o.signal, timeoutMs, length: o.length })
    if (!Array.isArray(page.changes)) throw unreachable('the answer is not of this server')
    return page
  }

  /** The feed as a stream of server-sent events, once its head has come. `life` ends it. */
  async events(cursor: string, life: AbortController): Promise<ReadableStream<Uint8Array>> {
    return this.stream('/feed/events', { query: { cursor }, life })
  }

  async patients(o: { query?: string; ward?: string; mine?: boolean; limit?: number; after?: string }): Promise<PatientList> {
    return this.json('/patients', { query: { ...o, mine: o.mine ? 1 : undefined } })
  }

  async patient(id: string): Promise<Patient> {
    return (await this.json<{ patient: Patient }>(`/patients/${id}`)).patient
  }

  async invite(patient: string, i: Invite): Promise<Invitation> {
    return this.json(`/patients/${patient}/invitations`, { method: 'POST', body: i })
  }

  qrURL(patient: string, invitation: string): string {
    return `${this.base}/patients/${patient}/invitations/${invitation}/qr.svg`
  }

  cardURL(patient: string, invitation: string): string {
    return `${this.base}/patients/${patient}/invitations/${invitation}/card`
  }

  async revoke(patient: string, link: string, reason: string): Promise<void> {
    await this.json(`/patients/${patient}/links/${link}/revoke`, { method: 'POST', body: { reason } })
  }

  async assign(patient: string, a: Assign): Promise<TeamMember> {
    const path = `/patients/${patient}/assignments`
    return (await this.json<{ assignment: TeamMember }>(path, { method: 'POST', body: a })).assignment
  }

  async unassign(patient: string, assignment: string): Promise<void> {
    await this.json(`/patients/${patient}/assignments/${assignment}`, { method: 'DELETE' })
  }

  async #enter(path: string, body: unknown): Promise<Person> {
    const { person } = await this.json<SignedIn>(path, { method: 'POST', body, open: true })
    this.identity?.signedIn(person.id)
    return person
  }

  async #message(method: string, path: string, body?: unknown): Promise<Message> {
    return (await this.json<{ message: Message }>(path, { method, body })).message
  }
}
