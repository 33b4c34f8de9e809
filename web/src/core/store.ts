import { batch, computed, signal, type ReadonlySignal } from '@preact/signals-core'
import { set } from './cell'
import { realClock, type Clock } from './clock'
import { Talk } from './conversation'
import { listeners } from './listeners'
import type { Change, Ephemeral, Message, Snapshot } from './wire.gen'

/** Somebody who stops typing doesn't say so. */
const TYPING_MS = 10_000

export { Talk } from './conversation'

/**
 * Everything that one person may see of their conversations, but for the messages themselves, of which it holds the newest of
 * each. It is made of a snapshot and the changes since; a change may come twice, late or over two transports at once.
 * Listeners are told after a whole batch of changes has been taken, inside the same signals batch.
 */
export class Store {
  /** Those that this person is in, the one with the newest message first. */
  readonly talks: ReadonlySignal<readonly Talk[]> = signal([])
  /** Unread messages over all talks. */
  readonly unread: ReadonlySignal<number> = computed(() => this.talks.value.reduce((sum, talk) => sum + talk.unread.value, 0))
  /** Ids of people who are known to be online. */
  readonly online: ReadonlySignal<ReadonlySet<string>> = signal(new Set())
  /** Whether a snapshot has been taken: before it, an empty list says nothing. */
  readonly ready: ReadonlySignal<boolean> = signal(false)

  readonly #all = new Map<string, Talk>()
  readonly #told = listeners<[Message, Talk]>()
  readonly #changed = listeners<[Message]>()
  readonly #patients = listeners<[string]>()
  readonly #resets = listeners<[]>()
  readonly #writing = new Set<Talk>() // in which somebody types
  readonly #clock: Clock
  #stopHush: (() => void) | undefined

  /** @param me the id of the person whose store it is */
  constructor(readonly me: string, clock: Clock = realClock) {
    this.#clock = clock
  }

  /** A conversation that this person is or was in; its object stays the same for ever. */
  talk(id: string): Talk | undefined {
    return this.#all.get(id)
  }

  /** Replaces everything by a snapshot: at the beginning, and when the server can't go on from the cursor. */
  reset(s: Snapshot): void {
    batch(() => {
      const told = new Map(s.conversations.map((c) => [c.id, c]))
      for (const id of told.keys()) this.ensure(id)
      for (const talk of this.#all.values()) {
        talk.reset(told.get(talk.id))
        talk.publish()
      }
      this.#list()
      set(this.ready, true)
      this.#resets.tell()
    })
  }

  /** Takes changes of the feed. Unknown types are passed over. */
  apply(changes: readonly Change[], ephemeral: readonly Ephemeral[] = []): void {
    batch(() => {
      const touched = new Set<Talk>()
      const fresh: Message[] = []
      const messages: Message[] = []
      for (const c of changes) {
        const talk = this.#take(c)
        if (talk) touched.add(talk)
        if (!talk || !c.message) continue
        messages.push(c.message)
        if (talk.message(c.message)) fresh.push(c.message)
      }
      for (const e of ephemeral) this.#sign(e)
      this.#publish(touched)
      // By seq: of a page, a message that was corrected late stands behind those that were written after it.
      for (const m of messages.sort(bySeq)) if (this.ensure(m.conversation).active.peek()) this.#changed.tell(m)
      for (const m of fresh.sort(bySeq)) {
        const talk = this.ensure(m.conversation)
        if (talk.active.peek()) this.#told.tell(m, talk)
      }
      for (const p of new Set(changes.flatMap((c) => c.type === 'patient' && c.patient || []))) this.#patients.tell(p)
      this.#hush()
    })
  }

  /** Takes one message from the answer to a call, as if the feed had told it. */
  applyMessage(m: Message): void {
    this.apply([{ version: m.version, type: 'message', conversation: m.conversation, message: m }])
  }

  /** History was read: it tells how far its senders have read. */
  learn(conversation: string, messages: readonly Message[]): void {
    const talk = this.#all.get(conversation)
    talk?.learn(messages)
    if (talk) batch(() => this.#publish(new Set([talk])))
  }

  /** This person has read up to `seq`. The server is told by Kinward.markRead. */
  markRead(conversation: string, seq: number): void {
    const talk = this.#all.get(conversation)
    talk?.markRead(seq)
    if (talk) batch(() => this.#publish(new Set([talk])))
  }

  /** Who comes and goes while nothing is received is not told later: better nobody than somebody who has left. */
  forgetOnline(): void {
    set(this.online, new Set())
  }

  /** A message that is new to this device and came live, one's own too: not corrections, not what a snapshot brought. */
  onMessage(f: (m: Message, talk: Talk) => void): () => void {
    return this.#told.add(f)
  }

  /** Every state of a message that the feed or an answer told: new, corrected, retracted; perhaps one that was told before. */
  onChanged(f: (m: Message) => void): () => void {
    return this.#changed.add(f)
  }

  /** Something about a patient has changed, and must be fetched anew. */
  onPatient(f: (patient: string) => void): () => void {
    return this.#patients.add(f)
  }

  /** A snapshot has replaced everything. */
  onReset(f: () => void): () => void {
    return this.#resets.add(f)
  }

  /** Forgets everything and tells nobody anything any more: signed out. */
  close(): void {
    this.#stopHush?.()
    for (const l of [this.#told, this.#changed, this.#patients, this.#resets]) l.clear()
    batch(() => {
      for (const talk of this.#all.values()) {
        talk.reset(undefined)
        talk.publish()
      }
      set(this.talks, [])
    })
  }

  /** The object of a conversation, even if nothing is known of it yet. */
  ensure(id: string): Talk {
    let talk = this.#all.get(id)
    if (!talk) this.#all.set(id, (talk = new Talk(id, this.me)))
    return talk
  }

  /** Finds the talk of a change, and takes the change if it isn't a message. */
  #take(c: Change): Talk | undefined {
    const id = c.conversation || c.message?.conversation || c.member?.conversation || c.details?.id
    if (!id) return undefined
    const talk = this.ensure(id)
    if (c.details) talk.conversation(c.details, c.version)
    if (c.member) talk.member(c.member)
    return talk
  }

  #sign(e: Ephemeral): void {
    const talk = this.#all.get(e.conversation ?? '')
    if (e.type === 'typing' && talk) {
      talk.types(e.person, this.#clock.now() + TYPING_MS)
      this.#writing.add(talk)
    } else if (e.type === 'presence') {
      const people = new Set(this.online.peek())
      if (e.state === 'online') people.add(e.person)
      else people.delete(e.person)
      set(this.online, people)
    }
  }

  #publish(touched: Iterable<Talk>): void {
    let moved = false
    for (const talk of touched) moved = talk.publish() || moved
    if (moved) this.#list()
  }

  #list(): void {
    const when = (t: Talk) => t.last.peek()?.created_at ?? ''
    const active = [...this.#all.values()].filter((t) => t.active.peek())
    active.sort((a, b) => compare(when(b), when(a)) ||
      b.details.peek().version - a.details.peek().version || compare(a.id, b.id))
    // Most messages come where the last one did, and whole pages are drawn by this list.
    const before = this.talks.peek()
    if (active.length !== before.length || active.some((t, i) => t !== before[i])) set(this.talks, active)
  }

  /** Forgets who has stopped typing, and comes back when the next one is to be forgotten. */
  #hush(): void {
    this.#stopHush?.()
    let next = Infinity
    for (const talk of this.#writing) {
      const again = talk.hush(this.#clock.now())
      if (again === Infinity) this.#writing.delete(talk)
      next = Math.min(next, again)
      talk.publish()
    }
    if (next < Infinity) this.#stopHush = this.#clock.after(next - this.#clock.now(), () => batch(() => this.#hush()))
  }
}

function bySeq(a: Message, b: Message): number {
  return a.seq - b.seq
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
