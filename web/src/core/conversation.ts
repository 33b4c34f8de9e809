import { computed, signal, type ReadonlySignal } from '@preact/signals-core'
import { set } from './cell'
import type { Conversation, Member, Message, Person } from './wire.gen'

export type Reach = { state: 'sent' | 'delivered' | 'read'; readers: readonly Person[] }

/**
 * One conversation as this person sees it: one object for ever, whose signals follow the feed. Only the Store writes to it,
 * by the methods from `reset` on; what they are told may come twice, late or in another order, with the same outcome.
 *
 * A person who has lost access sees nothing of it any more: `active` is false, and what was known is dropped at once.
 */
export class Talk {
  /** Kind, title and patient. `members`, `last`, `unread` inside it may be stale: use the signals. */
  readonly details: ReadonlySignal<Conversation>
  /** Also those who have left. */
  readonly members: ReadonlySignal<readonly Member[]> = signal([])
  /** Who the members are: changes with people and their names, and not with each mark that one of them moves. */
  readonly people: ReadonlySignal<readonly Person[]> = computed(() => this.#who())
  readonly last: ReadonlySignal<Message | undefined> = signal(undefined)
  readonly lastSeq: ReadonlySignal<number> = signal(0)
  /** One's own read mark. */
  readonly read: ReadonlySignal<number> = signal(0)
  /** None while somebody looks at the end: what comes there is as good as read. */
  readonly unread: ReadonlySignal<number> = computed(() =>
    this.#watched.value ? 0 : Math.max(0, this.lastSeq.value - this.read.value))
  /** False before it is known what the conversation is, and once this person has no access any more. */
  readonly active: ReadonlySignal<boolean> = signal(false)
  /** Others who write now. */
  readonly typing: ReadonlySignal<readonly Person[]> = computed(() => this.#writing.value.flatMap((p) => this.person(p) ?? []))

  readonly #me: string
  readonly #watched = signal(false)
  #facts: Facts
  readonly #typists = new Map<string, number>() // person to when it is forgotten, ms
  readonly #writing = signal<readonly string[]>([])
  #people: readonly Person[] = []

  constructor(readonly id: string, me: string) {
    this.#me = me
    this.#facts = new Facts(id)
    this.details = signal(this.#facts.row)
  }

  /** Somebody who is or was in the conversation. */
  person(id: string): Person | undefined {
    return this.people.value.find((p) => p.id === id)
  }

  #who(): readonly Person[] {
    const now = this.members.value.map((m) => m.person)
    if (now.length !== this.#people.length || now.some((p, i) => p !== this.#people[i])) this.#people = now
    return this.#people
  }

  /**
   * How far an own message has got, and who has read it. In a family conversation it is the other side that counts: for the
   * care team the family, for the family the care team.
   */
  reach(seq: number): Reach {
    const others = this.#otherSide()
    const readers = others.filter((m) => m.read >= seq).map((m) => m.person)
    if (readers.length) return { state: 'read', readers }
    return { state: others.some((m) => m.delivered >= seq) ? 'delivered' : 'sent', readers }
  }

  #otherSide(): Member[] {
    const others = this.members.value.filter((m) => m.person.id !== this.#me)
    if (this.details.value.kind !== 'family') return others
    const family = this.person(this.#me)?.kind === 'family'
    return others.filter((m) => (m.person.kind === 'family') !== family)
  }

  /** Whether somebody looks at the newest message and will see the next. The view of the conversation tells. */
  watch(is: boolean): void {
    this.#watched.value = is
  }

  /** Takes a snapshot's word in place of everything known; undefined: the conversation isn't in it. */
  reset(c: Conversation | undefined): void {
    this.#facts = new Facts(this.id)
    this.#typists.clear()
    if (!c) return
    this.conversation(c, 1)
    this.#facts.known = c.last_seq
  }

  /** Takes a conversation's row that came as the change `version`. */
  conversation(c: Conversation, version: number): void {
    const own = c.members.find((m) => m.person.id === this.#me)
    if (own?.state === 'left') return this.member(own)
    if (version <= this.#facts.left) return
    const first = this.#facts.told === 0
    this.#facts.conversation(c, this.#me, version)
    if (first) this.#facts.known = Math.max(this.#facts.known, c.last_seq - c.unread)
  }

  /** Takes a member's row. One's own `left` ends access: all that is older counts no more. */
  member(m: Member): void {
    const own = m.person.id === this.#me
    if (own && m.state === 'left' && m.version > Math.max(this.#facts.left, this.#facts.ownVersion)) {
      this.#facts = new Facts(this.id)
      this.#facts.left = m.version
      this.#typists.clear()
    } else if (m.version > this.#facts.left) {
      this.#facts.member(m, this.#me)
    }
  }

  /** Takes a message's state; tells whether the message is new to this device. */
  message(m: Message): boolean {
    if (m.version <= this.#facts.left) return false
    if (m.seq > this.#facts.lastSeq) this.#typists.delete(m.sender)
    this.#facts.message(m, this.#me)
    return this.#facts.fresh(m.seq)
  }

  /** History tells that senders have read up to their messages. */
  learn(messages: readonly Message[]): void {
    if (this.active.peek()) for (const m of messages) this.#facts.raise(m.sender, m.seq, this.#me)
  }

  /** This person has read up to `seq`, before the server confirms it. */
  markRead(seq: number): void {
    this.#facts.read = Math.max(this.#facts.read, Math.min(seq, this.#facts.lastSeq))
  }

  /** Somebody writes, until `forget` (ms). */
  types(person: string, forget: number): void {
    if (person !== this.#me) this.#typists.set(person, forget)
  }

  /** Forgets who has stopped writing by `now`; tells when to ask again, Infinity for never. */
  hush(now: number): number {
    let next = Infinity
    for (const [person, at] of this.#typists) {
      if (at <= now) this.#typists.delete(person)
      else next = Math.min(next, at)
    }
    return next
  }

  /** Lets the signals tell what has been taken; tells whether the list of conversations may look different. */
  publish(): boolean {
    const f = this.#facts
    const moved = this.last.peek() !== f.last || this.active.peek() !== f.active || this.details.peek().version !== f.row.version
    set(this.details, f.row)
    set(this.members, f.list())
    set(this.last, f.last)
    set(this.lastSeq, f.lastSeq)
    set(this.read, f.read)
    set(this.active, f.active)
    if (this.#writing.peek().length || this.#typists.size) this.#writing.value = [...this.#typists.keys()]
    return moved
  }
}

/** What is known of a conversation. All of it only rises, so the order in which it is told doesn't matter. */
class Facts {
  row: Conversation
  told = 0 // the newest change that told the row; 0: only things that belong to it are known
  left = 0 // the version at which access was lost last; what is older counts no more
  ownVersion = 0 // of one's own member row
  last: Message | undefined
  lastSeq = 0
  read = 0
  known = 0 // every message up to here has been told as new, or was there before
  readonly #beyond = new Set<number>() // messages above `known` that have been told
  readonly #members = new Map<string, Member>()
  readonly #sent = new Map<string, number>() // person to the newest of their messages
  #listed: readonly Member[] | undefined = []

  constructor(id: string) {
    this.row = { id, kind: '', title: '', members: [], last_seq: 0, unread: 0, version: 0 }
  }

  get active(): boolean {
    return this.told > this.left
  }

  conversation(c: Conversation, me: string, version: number): void {
    if (this.told === 0 || c.version >= this.row.version) this.row = c
    this.told = Math.max(this.told, version)
    this.lastSeq = Math.max(this.lastSeq, c.last_seq)
    this.read = Math.max(this.read, c.last_seq - c.unread)
    for (const m of c.members) this.member(m, me)
    if (c.last) this.message(c.last, me)
  }

  message(m: Message, me: string): void {
    const last = this.last
    if (!last || m.seq > last.seq || m.seq === last.seq && m.version > last.version) this.last = m
    this.lastSeq = Math.max(this.lastSeq, m.seq)
    this.raise(m.sender, m.seq, me)
  }

  /** Who sent message `seq` has read and received everything up to it. */
  raise(sender: string, seq: number, me: string): void {
    this.#sent.set(sender, Math.max(this.#sent.get(sender) ?? 0, seq))
    const m = this.#members.get(sender)
    if (m) this.#put(m)
    if (sender === me) this.read = Math.max(this.read, seq)
  }

  member(m: Member, me: string): void {
    const old = this.#members.get(m.person.id)
    const newer = old && old.version > m.version ? old : m
    this.#put({ ...newer, read: Math.max(m.read, old?.read ?? 0), delivered: Math.max(m.delivered, old?.delivered ?? 0) })
    if (m.person.id !== me) return
    this.read = Math.max(this.read, m.read)
    this.ownVersion = Math.max(this.ownVersion, m.version)
  }

  list(): readonly Member[] {
    return (this.#listed ??= [...this.#members.values()])
  }

  /** Whether a message is told for the first time. */
  fresh(seq: number): boolean {
    if (seq <= this.known || this.#beyond.has(seq)) return false
    this.#beyond.add(seq)
    while (this.#beyond.delete(this.known + 1)) this.known++
    return true
  }

  // What is read has been delivered, and one's own words are both.
  #put(m: Member): void {
    const read = Math.max(m.read, this.#sent.get(m.person.id) ?? 0)
    const delivered = Math.max(m.delivered, read)
    const old = this.#members.get(m.person.id)
    if (old && old.version === m.version && old.read === read && old.delivered === delivered) return
    const person = old && JSON.stringify(old.person) === JSON.stringify(m.person) ? old.person : m.person
    this.#members.set(person.id, { ...m, person, read, delivered })
    this.#listed = undefined
  }
}
