import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { ApiError, type Api } from '../core/api'
import { realClock } from '../core/clock'
import { Kinward, type KinwardOptions } from '../core/kinward'
import type { Surroundings } from '../core/line'
import type { Keep } from '../core/local'
import type { Settings } from '../core/settings'
import type { About, Person, Snapshot } from '../core/wire.gen'
import type { Address } from '../ui/address'
import { effect, signal, type ReadonlySignal, type Signal } from '../ui/signals'
import type { IdleLock } from './entry/idle'

/** Why somebody meets the entry: the server or another window signed them out, a relative's access is over, or they left. */
export type Notice = 'signed_out' | 'ended' | 'left'

/** What the whole page shows. */
export type Stage =
  | { is: 'starting' }
  | { is: 'unreachable'; leaving: boolean }
  | { is: 'entry'; notice?: Notice }
  | { is: 'in'; kinward: Kinward }

const ABOUT = 'kinward.about' // what the server last told of itself: the ward's number must be there without a server too
const LEAVING = 'kinward.leaving' // somebody signed out and the server has not heard of it yet

/** Pauses between tries to reach the server; the last one goes on. */
const pausesMs = [2000, 4000, 8000, 15_000]

export interface SessionOptions {
  api: Api
  settings: Settings
  keep: Keep
  surroundings: Surroundings
  address: Address
  /** What the tabs of this browser keep in step by; without them, and with another line, in a page of another site. */
  tabs: Pick<KinwardOptions, 'locks' | 'channel' | 'line'>
  /** Whether it hides itself from whoever comes by, where that is nobody else's to do. */
  locks: boolean
  /** The code of the invitation that the page was opened with; '' if it was opened for typing one, undefined if for neither. */
  code: string | undefined
  /** Called as soon as it is known who will see the page, before their conversations are there. */
  foresee?: (me: Person) => void
}

/** Who is signed in on this page, from the first question to the server until they leave. One per page. */
export class Session {
  readonly api: Api
  readonly settings: Settings
  readonly stage: ReadonlySignal<Stage>
  readonly address: Address
  /** Missing until the server has answered once on this device. */
  readonly about: ReadonlySignal<About | undefined>
  /** The invitation code that waits to be used; '' if it is still to be typed, undefined where there is no card. */
  readonly card: ReadonlySignal<string | undefined>
  /** Of those who have one; its code comes with the first of them. */
  readonly lock: ReadonlySignal<IdleLock | undefined>
  readonly #o: SessionOptions
  readonly #shown = signal<Stage>({ is: 'starting' })
  readonly #told = signal<About | undefined>(undefined)
  readonly #guard = signal<IdleLock | undefined>(undefined)
  readonly #hand: Signal<string | undefined>
  #tries = 0
  #last = '' // who was signed in here last
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(o: SessionOptions) {
    this.#o = o
    this.api = o.api
    this.settings = o.settings
    this.address = o.address
    this.stage = this.#shown
    this.about = this.#told
    this.#hand = signal(o.code)
    this.card = this.#hand
    this.lock = this.#guard
    this.#told.value = remembered(o.keep)
    this.api.onUnauthenticated = () => this.#lost()
    addEventListener('online', this.again)
    effect(() => {
      if (this.#guard.value?.locked.value) this.#kinward?.drafts.saveNow()
    })
  }

  /** Asks the server who it is and who we are, and shows what follows from it. */
  async start(): Promise<void> {
    clearTimeout(this.#retry)
    try {
      const left = this.#leaving
      if (left) await this.#finishLeaving()
      // Nearly always the one who was here is here still: no need to hear it before asking for what they will see.
      const expected = this.api.identity?.expected()
      const early = expected ? this.api.conversations() : undefined
      early?.catch(() => undefined)
      const [about, me] = await Promise.all([this.api.about(), this.#who()])
      this.#told.value = about
      this.#o.keep.setItem(ABOUT, JSON.stringify(about))
      if (me) await this.#open(me, false, me.id === expected ? early : undefined)
      else this.#shown.value = left ? { is: 'entry', notice: 'left' } : { is: 'entry' }
      this.#tries = 0
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      this.#shown.value = { is: 'unreachable', leaving: this.#leaving }
      this.#retry = setTimeout(this.again, pausesMs[Math.min(this.#tries++, pausesMs.length - 1)])
    }
  }

  /** Somebody has just signed in, registered or redeemed a code. */
  async entered(person: Person): Promise<void> {
    this.putCardAway()
    this.#o.keep.removeItem(LEAVING) // the cookie is another one now: nobody is to be signed out by it
    if (person.id !== this.#last) this.address.go('/', true) // what was open here was somebody else's
    try {
      await this.#open(person, true)
    } catch {
      await this.start() // signed in is signed in: from here it is a matter of the connection
    }
  }

  /** Somebody has a card and wants to type its code. */
  haveCard(): void {
    this.#hand.value ??= ''
  }

  /** The card is used, or is not wanted. */
  putCardAway(): void {
    this.#hand.value = undefined
    if (this.address.here().startsWith('/join')) this.address.go('/', true)
  }

  /** Signs out: what was shown goes at once, what is kept on this device too; the server hears of it as soon as it can. */
  async leave(): Promise<void> {
    const kinward = this.#kinward
    if (!kinward) return
    this.#o.keep.setItem(LEAVING, '1')
    this.#shown.value = { is: 'starting' }
    this.#guard.peek()?.end()
    this.address.go('/', true)
    try {
      await kinward.signOut()
      this.#o.keep.removeItem(LEAVING)
      this.#shown.value = { is: 'entry', notice: 'left' }
    } catch {
      kinward.close()
      await this.start()
    }
  }

  /** Tries again to reach the server. */
  readonly again = (): void => {
    if (this.#shown.peek().is === 'unreachable') void this.start()
  }

  get #leaving(): boolean {
    return this.#o.keep.getItem(LEAVING) !== null
  }

  get #kinward(): Kinward | undefined {
    const stage = this.#shown.peek()
    return stage.is === 'in' ? stage.kinward : undefined
  }

  async #who(): Promise<Person | undefined> {
    try {
      return await this.api.me()
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) return undefined
      throw e
    }
  }

  async #open(me: Person, fresh: boolean, early?: Promise<Snapshot>): Promise<void> {
    if (this.#kinward) {
      this.#kinward.close()
      this.#shown.value = { is: 'starting' }
    }
    this.#last = me.id
    this.#o.foresee?.(me)
    await this.#watch(me, fresh)
    const about = this.#told.peek() ?? (await this.api.about())
    const kinward = await Kinward.start({
      api: this.api, me, about, early, settings: this.settings, surroundings: this.#o.surroundings, ...this.#o.tabs,
      onSignedOut: () => this.#lost(),
    })
    const first = firstTalk(kinward, this.address.here())
    if (first) kinward.foresee(first)
    this.#shown.value = { is: 'in', kinward }
  }

  // A screen that should lock is not shown without its lock.
  async #watch(me: Person, fresh: boolean): Promise<void> {
    if (!this.#o.locks || !hasLock(me)) return this.#guard.peek()?.end()
    const { IdleLock } = await import('./entry/idle').catch(() => {
      throw new ApiError(0, 'unreachable', 'A part of the client could not be loaded.')
    })
    this.#guard.value ??= new IdleLock(this.#o.keep, realClock)
    this.#guard.value.begin(me.id, fresh)
  }

  // The server no longer knows this session, or another tab signed out: nothing may stay on the screen. Drafts and unsent
  // messages stay on the device, for the same person's return.
  #lost(): void {
    const kinward = this.#kinward
    if (!kinward) return
    kinward.drafts.saveNow()
    kinward.close()
    this.#guard.peek()?.end()
    this.#shown.value = { is: 'entry', notice: kinward.me.kind === 'family' ? 'ended' : 'signed_out' }
  }

  async #finishLeaving(): Promise<void> {
    await this.api.signOut()
    this.#o.keep.removeItem(LEAVING)
  }
}

/** Those who sign in by a password can give it again; for the others a lock would be a way out. */
export function hasLock(person: Person): boolean {
  return person.kind === 'staff' || person.kind === 'admin'
}

/** The conversation that the address leads to, or the only one that a relative has. */
function firstTalk({ me, store }: Kinward, address: string): string | undefined {
  const [, id] = /^\/(?:c|patients)\/([^/?]+)/.exec(address) ?? []
  const [first, second] = store.talks.peek().filter((talk) => talk.active.peek() &&
    (id ? talk.id === id || talk.details.peek().patient?.id === id : me.kind === 'family'))
  return second ? undefined : first?.id
}

function remembered(keep: Keep): About | undefined {
  try {
    return (JSON.parse(keep.getItem(ABOUT) ?? 'null') as About | null) ?? undefined
  } catch {
    return undefined
  }
}

export const SessionContext = createContext<Session | undefined>(undefined)

/** The session of this page; everywhere below routes/app. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession outside of the page')
  return session
}
