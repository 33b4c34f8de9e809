import { computed, effect, signal, untracked } from '@preact/signals-core'
import { ApiError, type Api } from './api'
import { realClock, type Clock } from './clock'
import { Drafts } from './drafts'
import { fenced, signedOut } from './fence'
import { Line, type LineOptions, type Surroundings } from './line'
import { localKeep, MemoryOutbox, openOutboxKeep, type Keep, type OutboxKeep } from './local'
import { ReadMarks, TypingSigns } from './marks'
import { Outbox } from './outbox'
import type { Patients } from './patients'
import type { Settings } from './settings'
import { Store } from './store'
import { Transcript } from './transcript'
import type { About, Person, Snapshot } from './wire.gen'

const OPEN_MS = 3_000 // some Safaris never answer when asked for IndexedDB

export interface KinwardOptions {
  api: Api
  me: Person
  about: About
  settings: Settings
  /** The snapshot, if it was asked for before it was known who asks. */
  early?: Promise<Snapshot> | undefined
  /** Whether the page is looked at and the device has a network; default: both, always. */
  surroundings?: Surroundings | undefined
  /** This person was signed out, by the server or in another tab. Told once; nothing of theirs is shown any more by then. */
  onSignedOut?(): void
  clock?: Clock
  /** The rest is what the browser gives by default; undefined for what it lacks. */
  storage?: Keep | undefined
  keep?: OutboxKeep
  locks?: LockManager | undefined
  channel?: ((name: string) => BroadcastChannel) | undefined
  line?: (o: LineOptions) => Line
}

/** What `start` has made ready. */
interface Parts {
  o: KinwardOptions & { clock: Clock }
  fence: { closed: boolean }
  api: Api
  store: Store
  keep: OutboxKeep
  cursor: string
  patients: Patients | undefined
}

/**
 * The client of one signed-in person: makes the parts, joins them, and ends them together. After `close` nothing of it
 * asks, answers or shows anything, so that nothing meant for one person can reach the next who signs in on this page.
 */
export class Kinward {
  readonly api: Api
  readonly me: Person
  readonly about: About
  readonly settings: Settings
  readonly store: Store
  readonly line: Line
  readonly outbox: Outbox
  readonly drafts: Drafts

  readonly #marks: ReadMarks
  readonly #signs: TypingSigns
  readonly #transcripts = new Set<Transcript>()
  #foreseen: { conversation: string; transcript: Transcript } | undefined
  readonly #stops: (() => void)[]
  readonly #fence: Parts['fence']
  readonly #o: Parts['o']
  readonly #patients: Patients | undefined

  /**
   * Reads what waits on this device, takes the snapshot and begins to receive. If the server can't be reached it resolves
   * all the same: `store.ready` turns true once there is a snapshot. Rejects with the ApiError of a refusal.
   */
  static async start(options: KinwardOptions): Promise<Kinward> {
    const o = { clock: realClock, storage: localKeep(), ...tabs(), ...options }
    const fence = { closed: false }
    const api = fenced(o.api, () => fence.closed)
    const store = new Store(o.me.id, o.clock)
    const [cursor, keep, patients] = await Promise.all([
      snapshot(api, store, o), o.keep ?? openKeep(o.clock), ownPatients(o.me, api, store, o.clock),
    ])
    const kinward = new Kinward({ o, fence, api, store, keep, cursor, patients })
    void patients?.reload()
    await kinward.outbox.start()
    if (fence.closed) throw signedOut() // while the device was being read
    kinward.line.start()
    return kinward
  }

  private constructor({ o, fence, api, store, keep, cursor, patients }: Parts) {
    const { clock, me, settings } = o
    const surroundings = o.surroundings ?? { visible: signal(true), online: signal(true) }
    this.#o = o
    this.#fence = fence
    this.api = api
    this.me = me
    this.about = o.about
    this.settings = settings
    this.store = store
    this.#patients = patients
    this.drafts = new Drafts(me.id, o.storage, clock)
    this.#marks = new ReadMarks(api, clock)
    this.#signs = new TypingSigns(api, clock)
    this.outbox = new Outbox({
      api, person: me.id, keep, clock, locks: o.locks, channel: o.channel,
      deliver: (m) => store.applyMessage(m),
      foreign: () => this.#lost(),
    })
    const line: LineOptions = {
      api, person: me.id, clock, cursor, surroundings, locks: o.locks, channel: o.channel,
      choice: settings.choice, intervalS: settings.intervalS,
      apply: (changes, ephemeral) => { if (!fence.closed) store.apply(changes, ephemeral) },
      reset: (s) => { if (!fence.closed) store.reset(s) },
      signedOut: () => this.#lost(),
    }
    this.line = o.line ? o.line(line) : new Line(line)
    this.#stops = [
      this.#listen(),
      store.onChanged((m) => this.outbox.arrived(m)),
      effect(() => { if (!surroundings.visible.value) untracked(() => this.drafts.saveNow()) }),
      this.#flushing(surroundings),
      this.#forgetting(),
    ]
  }

  /** Begins to load the messages of the conversation that will be shown first, while the page is still being made. */
  foresee(conversation: string): void {
    const transcript = this.transcript(conversation)
    this.#foreseen = { conversation, transcript }
    void transcript.open()
  }

  /** The messages of a conversation, nothing loaded yet unless they were foreseen. Whoever takes it closes it. */
  transcript(conversation: string): Transcript {
    const foreseen = this.#foreseen
    this.#foreseen = undefined
    if (foreseen?.conversation === conversation) return foreseen.transcript
    foreseen?.transcript.close()
    const t: Transcript = new Transcript({
      conversation, api: this.api, store: this.store, outbox: this.outbox,
      onClose: () => this.#transcripts.delete(t),
    })
    this.#transcripts.add(t)
    if (this.#fence.closed) t.close()
    return t
  }

  /** This person has read everything up to `seq`: shown at once, told to the server within half a second. */
  markRead(conversation: string, seq: number): void {
    const talk = this.store.talk(conversation)
    if (this.#fence.closed || !talk || seq <= talk.read.peek()) return
    this.store.markRead(conversation, seq)
    this.#marks.tell(conversation, talk.read.peek())
  }

  /** This person writes; call it with each key. */
  typing(conversation: string): void {
    if (!this.#fence.closed) this.#signs.tell(conversation)
  }

  /** One's own patients. Staff and administrators have them; for others it throws. */
  get patients(): Patients {
    if (!this.#patients) throw new Error('only staff have patients')
    return this.#patients
  }

  /**
   * Signs out, in all tabs: what is shown, drafts and unsent messages are gone at once, whatever the server says. Rejects
   * with an ApiError when it could not be told; the session then lives on until it is.
   */
  async signOut(): Promise<void> {
    this.drafts.clearAll()
    const emptied = this.outbox.clear()
    this.close()
    await Promise.all([this.#o.api.signOut(), emptied])
  }

  /** Stops every timer, listener and connection, and lets go of everything that was shown. What waits stays on the device. */
  close(): void {
    if (this.#fence.closed) return
    this.#fence.closed = true
    this.line.close()
    for (const stop of this.#stops) stop()
    for (const t of [...this.#transcripts]) t.close()
    this.#patients?.close()
    this.#marks.close()
    this.drafts.close()
    this.outbox.close()
    this.store.close()
  }

  /** Hears of every 401, and hands the place back to who listened before. */
  #listen(): () => void {
    const { api } = this.#o
    const before = api.onUnauthenticated
    const own = () => {
      this.#lost()
      before?.()
    }
    api.onUnauthenticated = own
    return () => { if (api.onUnauthenticated === own) api.onUnauthenticated = before }
  }

  #lost(): void {
    if (this.#fence.closed) return
    this.drafts.saveNow()
    this.close()
    this.#o.onSignedOut?.()
  }

  /** Whenever it may work again, tries at once what waits to be sent (P-7), and what could not be loaded. */
  #flushing({ visible, online }: Surroundings): () => void {
    const live = computed(() => this.line.state.value.is === 'live')
    return effect(() => {
      void [live.value, online.value, visible.value] // any change of these
      untracked(() => {
        this.outbox.flush()
        this.#marks.flush()
        if (!live.peek()) return this.store.forgetOnline()
        for (const t of this.#transcripts) if (t.failed.peek()) void t.retry()
        if (this.#patients?.failed.peek()) void this.#patients.reload()
      })
    })
  }

  /** Forgets the drafts of conversations to which access is lost. */
  #forgetting(): () => void {
    let before = this.store.talks.peek()
    return effect(() => {
      const talks = this.store.talks.value
      for (const talk of before) if (!talk.active.peek()) untracked(() => this.drafts.clear(talk.id))
      before = talks
    })
  }
}

/** Fills the store and tells the cursor to go on from; '' if the server can't be reached now, and the line has to. */
async function snapshot(api: Api, store: Store, { me, early }: Pick<KinwardOptions, 'me' | 'early'>): Promise<string> {
  try {
    const foreseen = await early?.catch(() => undefined)
    // Somebody else may have signed in between the questions.
    const mine = foreseen?.conversations.every((c) => c.members.some((m) => m.person.id === me.id))
    const s = foreseen && mine ? foreseen : await api.conversations()
    store.reset(s)
    return s.cursor
  } catch (e) {
    if (e instanceof ApiError && e.transient) return ''
    throw e
  }
}

/** Families never fetch the code of this. */
async function ownPatients(me: Person, api: Api, store: Store, clock: Clock): Promise<Patients | undefined> {
  if (me.kind !== 'staff' && me.kind !== 'admin') return undefined
  const { Patients } = await import('./patients').catch(() => {
    throw new ApiError(0, 'unreachable', 'A part of the client could not be loaded.')
  })
  return Patients.of(api, store, clock)
}

function openKeep(clock: Clock): Promise<OutboxKeep> {
  return new Promise((resolve) => {
    const stop = clock.after(OPEN_MS, () => resolve(new MemoryOutbox()))
    void openOutboxKeep().then((keep) => {
      stop()
      resolve(keep)
    })
  })
}

/** What tabs agree with each other by, as far as the browser has it. */
function tabs(): Pick<KinwardOptions, 'locks' | 'channel'> {
  return {
    locks: (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks,
    channel: 'BroadcastChannel' in globalThis ? (name) => new BroadcastChannel(name) : undefined,
  }
}
