import { effect, signal, untracked, type ReadonlySignal } from '@preact/signals-core'
import { ApiError, type Api } from './api'
import { set } from './cell'
import { realClock, type Clock } from './clock'
import type { Store, Talk } from './store'
import { order } from './waiting'
import { MAX_LIMIT, type Message, type Patient, type PatientList } from './wire.gen'

const GATHER_MS = 250 // one import or handover changes many patients at once
const MANY = 20 // patients to fetch one by one; more are read as a list

export interface PatientsOptions {
  api: {
    /** A page of one's own patients, behind the patient `after`. */
    patients(o: { limit: number; after?: string }): Promise<PatientList>
    patient(id: string): Promise<Patient>
  }
  store: Store
  clock?: Clock
}

/**
 * The patients of a member of staff, longest waiting first. Read once, then kept up to date by the feed: what it tells of a
 * patient is fetched again, and unread messages and waiting follow the family conversations at once.
 */
export class Patients {
  readonly list: ReadonlySignal<readonly Patient[]> = signal([])
  readonly loading: ReadonlySignal<boolean> = signal(false)
  /** Why the last reading of the list failed; what was read before stays. */
  readonly failed: ReadonlySignal<ApiError | undefined> = signal(undefined)

  readonly #o: PatientsOptions
  readonly #clock: Clock
  readonly #asked = new Set<string>() // to be fetched again
  readonly #seqs = new Map<string, number>() // conversation to the newest message that told of waiting
  #talks: ReadonlySet<Talk> = new Set()
  readonly #stops: (() => void)[]
  #stopTimer: (() => void) | undefined
  #run = 0
  #closed = false

  /** As the server has them. */
  static of(api: Api, store: Store, clock: Clock): Patients {
    return new Patients({
      store, clock,
      api: {
        patients: (o) => api.json<PatientList>('/patients', { query: { ...o, mine: 1 } }),
        patient: async (id) => (await api.json<{ patient: Patient }>(`/patients/${id}`)).patient,
      },
    })
  }

  constructor(o: PatientsOptions) {
    this.#o = o
    this.#clock = o.clock ?? realClock
    this.#stops = [
      o.store.onPatient((id) => this.#ask(id)),
      o.store.onMessage((m, talk) => this.#told(m, talk)),
      o.store.onChanged((m) => { if (m.retracted_at) this.#askOf(m.conversation) }),
      o.store.onReset(() => { if (this.#run > 0) void this.reload() }),
      effect(() => this.#follow()),
    ]
  }

  /** A patient who is not in the list, maybe: rejects with the ApiError of a refusal. */
  async ask(id: string): Promise<Patient> {
    return this.#o.api.patient(id)
  }

  /** Reads the whole list anew. */
  async reload(): Promise<void> {
    if (this.#closed) return
    const run = ++this.#run
    const seqs = new Map(this.#seqs)
    this.#asked.clear()
    set(this.loading, true)
    set(this.failed, undefined)
    try {
      const all = new Map<string, Patient>()
      for (let more = true, after = ''; more;) {
        const page = await this.#o.api.patients({ limit: MAX_LIMIT, ...(after ? { after } : {}) })
        if (run !== this.#run) return
        for (const p of page.patients) all.set(p.id, p)
        after = page.patients.at(-1)?.id ?? ''
        more = page.more && after !== ''
      }
      this.#put([...all.values()])
      this.#askStale([...all.values()], seqs)
    } catch (e) {
      if (run === this.#run) set(this.failed, e instanceof ApiError ? e : new ApiError(0, 'unreachable', String(e)))
    } finally {
      if (run === this.#run) set(this.loading, false)
    }
  }

  /** Fetches one patient again; one who is no longer this person's leaves the list. */
  async refresh(id: string): Promise<void> {
    const run = this.#run
    const seqs = new Map(this.#seqs)
    try {
      const p = await this.#o.api.patient(id)
      if (run !== this.#run) return
      this.#put([...this.list.peek().filter((o) => o.id !== id), p])
      this.#askStale([p], seqs)
    } catch (e) {
      if (run !== this.#run || !(e instanceof ApiError)) return
      if (e.status === 404 || e.status === 403) set(this.list, this.list.peek().filter((o) => o.id !== id))
      else if (e.transient) this.#ask(id, (e.retryAfterS ?? 5) * 1000)
    }
  }

  close(): void {
    this.#closed = true
    this.#run++
    this.#stopTimer?.()
    for (const stop of this.#stops) stop()
    set(this.list, [])
  }

  /** Notes a patient to be fetched, with those that are named shortly after. */
  #ask(id: string, ms = GATHER_MS): void {
    if (this.#closed || this.#run === 0) return
    this.#asked.add(id)
    this.#stopTimer ??= this.#clock.after(ms, () => {
      this.#stopTimer = undefined
      const ids = [...this.#asked]
      this.#asked.clear()
      if (ids.length > MANY) void this.reload()
      else for (const one of ids) void this.refresh(one)
    })
  }

  #askOf(conversation: string): void {
    const p = this.list.peek().find((o) => o.conversation === conversation)
    if (p) this.#ask(p.id)
  }

  /** An answer may be older than messages that came while it was on its way. */
  #askStale(list: readonly Patient[], before: ReadonlyMap<string, number>): void {
    for (const p of list) if (this.#seqs.get(p.conversation) !== before.get(p.conversation)) this.#ask(p.id)
  }

  /** A new message begins a family's waiting, or ends it (B-29). */
  #told(m: Message, talk: Talk): void {
    const speaks = m.kind !== 'note' && m.kind !== 'system'
    if (talk.details.peek().kind !== 'family' || !speaks || m.seq <= (this.#seqs.get(m.conversation) ?? 0)) return
    this.#seqs.set(m.conversation, m.seq)
    const family = talk.person(m.sender)?.kind === 'family'
    this.#put(this.list.peek().map((p) => {
      if (p.conversation !== m.conversation || family && p.waiting_since) return p
      const { waiting_since: _, ...rest } = p
      return family ? { ...rest, waiting_since: m.created_at } : rest
    }))
  }

  /** Takes unread counts from the conversations; those that come and go bring and take their patients. */
  #follow(): void {
    const talks = this.#o.store.talks.value
    for (const talk of talks) talk.unread.value // read here, so that this runs when one changes
    const before = this.#talks
    this.#talks = new Set(talks)
    untracked(() => {
      const lost = new Set([...before].filter((t) => !this.#talks.has(t)).map((t) => t.id))
      this.#put(this.list.peek().filter((p) => !lost.has(p.conversation)))
      for (const talk of talks) {
        const subject = talk.details.peek().patient?.id
        if (!before.has(talk) && subject && !this.list.peek().some((p) => p.id === subject)) this.#ask(subject)
      }
    })
  }

  #put(list: readonly Patient[]): void {
    const current = list.map((p) => {
      const talk = p.conversation ? this.#o.store.talk(p.conversation) : undefined
      return talk?.active.peek() ? withUnread(p, talk.unread.peek()) : p
    })
    const next = order(current, (p) => this.#o.store.talk(p.conversation)?.last.peek()?.created_at)
    const old = this.list.peek()
    if (next.length !== old.length || next.some((p, i) => p !== old[i])) set(this.list, next)
  }
}

function withUnread(p: Patient, unread: number): Patient {
  return p.unread === unread ? p : { ...p, unread }
}
