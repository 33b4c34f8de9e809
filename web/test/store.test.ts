import { effect } from '@preact/signals-core'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Store } from '../src/core/store'
import type { Change, Conversation, Member, Message, Snapshot } from '../src/core/wire.gen'
import { FakeClock } from './fakes/clock'
import { chance, conversation, listed, me, member, message, moved, told } from './fakes/hospital'

function started(s: Partial<Conversation> = {}) {
  const clock = new FakeClock()
  const store = new Store(me, clock)
  const last = message(4)
  store.reset({ conversations: [conversation({
    last, last_seq: 4, unread: 2, members: [member(me, { read: 2 }), member('ana', { read: 4, delivered: 4 })], ...s,
  })], cursor: 'e.104' })
  const talk = store.talk('c')
  assert.ok(talk)
  return { clock, store, talk }
}

const of = (list: readonly Member[], person: string) => list.find((m) => m.person.id === person)

describe('store', () => {
  it('takes a snapshot', () => {
    const { store, talk } = started()
    assert.equal(store.ready.value, true)
    assert.deepEqual([talk.active.value, talk.lastSeq.value, talk.read.value, talk.unread.value], [true, 4, 2, 2])
    assert.equal(talk.last.value?.seq, 4)
    assert.equal(store.unread.value, 2)
    assert.deepEqual(store.talks.value, [talk])
  })

  it('counts unread by the marks, never up and down', () => {
    const { store, talk } = started()
    for (let i = 0; i < 3; i++) store.apply([told(message(5)), told(message(6))])
    assert.equal(talk.unread.value, 4)
    store.apply([moved(member(me, { read: 5, version: 200 }))])
    assert.equal(talk.unread.value, 1)
    store.markRead('c', 99)
    assert.equal(talk.unread.value, 0)
    assert.equal(talk.read.value, 6)
  })

  it('counts nothing while somebody looks at the end, and all that is not read once nobody does', () => {
    const { store, talk } = started()
    const counts: number[] = []
    const end = effect(() => { counts.push(store.unread.value) })
    talk.watch(true)
    store.apply([told(message(5)), told(message(6))])
    store.markRead('c', 5)
    assert.deepEqual(counts, [2, 0])
    talk.watch(false)
    store.apply([told(message(7))])
    assert.deepEqual(counts, [2, 0, 1, 2])
    end()
  })

  it('raises the marks of the sender with each message', () => {
    const { store, talk } = started()
    store.apply([told(message(5)), moved(member('ana', { read: 3, delivered: 3, version: 300 }))])
    const ana = of(talk.members.value, 'ana')
    assert.deepEqual([ana?.read, ana?.delivered, ana?.version], [5, 5, 300])
    store.apply([told(message(6, { sender: me }))])
    assert.equal(talk.unread.value, 0)
  })

  it('raises the marks of a sender whose row comes later, and by history', () => {
    const { store, talk } = started()
    store.apply([told(message(5, { sender: 'paulo' }))])
    store.apply([moved(member('paulo', { version: 300 }))])
    assert.equal(of(talk.members.value, 'paulo')?.read, 5)
    store.learn('c', [message(4, { sender: 'paulo' }), message(5, { sender: 'ana' })])
    assert.equal(of(talk.members.value, 'ana')?.read, 5)
  })

  it('tells how far an own message has got, counting the other side of a family conversation', () => {
    const { store, talk } = started({ members: [member(me), member('ana'), member('dr')], last_seq: 0, unread: 0 })
    store.apply([told(message(5, { sender: me })), moved(member('dr', { read: 5, delivered: 5, version: 300 }))])
    assert.equal(talk.reach(5).state, 'sent')
    store.apply([moved(member('ana', { read: 0, delivered: 5, version: 301 }))])
    assert.equal(talk.reach(5).state, 'delivered')
    store.apply([moved(member('ana', { read: 5, delivered: 5, version: 302 }))])
    assert.deepEqual([talk.reach(5).state, talk.reach(5).readers.map((p) => p.id)], ['read', ['ana']])
    assert.equal(talk.reach(6).state, 'sent')
  })

  it('drops a conversation at once when access is lost', () => {
    const { store, talk } = started()
    store.apply([told(message(5)), moved(member(me, { state: 'left', version: 200 }))])
    assert.equal(talk.active.value, false)
    assert.deepEqual(
      [talk.last.value, talk.members.value.length, talk.details.value.title, talk.unread.value], [undefined, 0, '', 0],
    )
    assert.deepEqual([store.talks.value.length, store.unread.value], [0, 0])
    const heard: number[] = []
    store.onChanged((m) => heard.push(m.seq))
    store.apply([told(message(5)), told(message(4))]) // late, from another transport
    assert.deepEqual([heard, talk.last.value], [[], undefined])
  })

  it('shows it again to whoever is taken in again, also when the loss is told late', () => {
    const again = listed(conversation({
      title: 'Rosa A.', version: 2, last: message(9), last_seq: 9, unread: 5,
      members: [member(me, { read: 4, version: 210 })],
    }), 211)
    const lost = moved(member(me, { state: 'left', version: 200 }))
    for (const order of [[lost, again], [again, lost], [lost, again, lost]]) {
      const { store, talk } = started()
      store.apply(order)
      assert.deepEqual([talk.active.value, talk.details.value.title, talk.unread.value], [true, 'Rosa A.', 5])
      assert.equal(store.talk('c'), talk)
    }
  })

  it('takes a new conversation, also when its messages come first', () => {
    const { store } = started()
    const news: number[] = []
    store.onMessage((m) => news.push(m.seq))
    const m = { ...message(1, { version: 200 }), conversation: 'd' }
    store.apply([told(m)])
    assert.equal(store.talks.value.length, 1)
    assert.deepEqual(news, [])
    const row = conversation({ id: 'd', kind: 'direct', title: 'Bo', last: m, last_seq: 1, unread: 1, version: 199 })
    store.apply([listed(row)])
    assert.deepEqual(store.talks.value.map((t) => t.id), ['c', 'd'], 'the newest message first')
    assert.equal(store.unread.value, 3)
  })

  it('tells of each new message once, and not of corrections and snapshots', () => {
    const { store } = started()
    const news: string[] = []
    store.onMessage((m) => news.push(`${m.seq}:${m.text}`))
    store.apply([told(message(4, { text: 'corrected', version: 150, corrected_at: 'x' }))])
    store.apply([told(message(6)), told(message(5, { text: 'five', version: 160 }))])
    store.apply([told(message(5, { text: 'five', version: 160 })), told(message(6))])
    assert.deepEqual(news, ['5:five', '6:text 6'])
  })

  it('tells messages of a page by seq, after all of it was taken', () => {
    const { store, talk } = started()
    const seen: string[] = []
    store.onChanged((m) => seen.push(`${m.seq}/${talk.lastSeq.peek()}`))
    store.apply([told(message(7)), told(message(6)), told(message(5, { version: 300 }))])
    assert.deepEqual(seen, ['5/7', '6/7', '7/7'])
  })

  it('one listener that fails does not keep changes from the others', (t) => {
    const { store, talk } = started()
    const failed: unknown[] = []
    const before = globalThis.reportError
    globalThis.reportError = (why) => failed.push(why)
    t.after(() => { globalThis.reportError = before })
    let heard = 0
    store.onMessage(() => { throw new Error('a defect') })
    store.onMessage(() => heard++)
    store.apply([told(message(5))])
    assert.deepEqual([heard, talk.lastSeq.value], [1, 5])
    assert.match(String(failed), /a defect/)
  })

  it('forgets typing after 10 s, and with the message', async () => {
    const { clock, store, talk } = started({ members: [member(me), member('ana'), member('paulo')] })
    const types = (person: string) => store.apply([], [{ type: 'typing', person, conversation: 'c' }])
    types('ana')
    types(me)
    await clock.pass(6_000)
    types('paulo')
    assert.deepEqual(talk.typing.value.map((p) => p.id), ['ana', 'paulo'])
    await clock.pass(4_000)
    assert.deepEqual(talk.typing.value.map((p) => p.id), ['paulo'])
    store.apply([told(message(3, { sender: 'paulo', version: 500 }))]) // a correction is no sign of having finished
    assert.equal(talk.typing.value.length, 1)
    store.apply([told(message(5, { sender: 'paulo' }))])
    assert.equal(talk.typing.value.length, 0)
    assert.equal(clock.timers, 0)
  })

  it('knows who is online', () => {
    const { store } = started()
    store.apply([], [{ type: 'presence', person: 'ana', state: 'online' }, { type: 'presence', person: 'dr', state: 'online' }])
    store.apply([], [{ type: 'presence', person: 'dr', state: 'offline' }, { type: 'weather', person: 'dr' }])
    assert.deepEqual([...store.online.value], ['ana'])
  })

  it('passes over types that it does not know, and tells patients once per page', () => {
    const { store, talk } = started()
    const patients: string[] = []
    store.onPatient((p) => patients.push(p))
    store.apply([{ version: 200, type: 'reaction', conversation: 'c' }, { version: 201, type: 'weather' }])
    store.apply([{ version: 202, type: 'patient', patient: 'p' }, { version: 203, type: 'patient', patient: 'p' }])
    assert.deepEqual([talk.unread.value, patients], [2, ['p']])
  })

  it('a snapshot replaces everything, also by older versions', () => {
    const { store, talk } = started()
    store.apply([told(message(5)), listed(conversation({ id: 'd', version: 300 }))])
    store.reset({
      conversations: [conversation({ title: 'Restored', version: 1, last: message(1, { version: 3 }), last_seq: 1, unread: 1 })],
      cursor: 'f.3',
    })
    assert.deepEqual([talk.details.value.title, talk.lastSeq.value, talk.unread.value], ['Restored', 1, 1])
    assert.deepEqual(store.talks.value, [talk])
    assert.equal(store.talk('d')?.active.value, false)
  })

  it('tells nobody anything once it is closed', () => {
    const { store, talk } = started()
    let heard = 0
    store.onMessage(() => heard++)
    store.close()
    store.apply([told(message(5))])
    assert.deepEqual([heard, store.talks.value.length, talk.active.value], [0, 0, false])
  })
})

/** What happened on the server, and what a snapshot taken at each moment says. */
class World {
  readonly changes: Change[] = []
  readonly conversations = ['c', 'd']
  private readonly rows = new Map<string, { title: string; version: number; members: Map<string, Member>; messages: Message[] }>()
  private version = 0

  constructor(private readonly r: ReturnType<typeof chance>, n: number) {
    for (const id of this.conversations) {
      const row = { title: id, version: ++this.version, members: new Map<string, Member>(), messages: [] as Message[] }
      this.rows.set(id, row)
      for (const p of [me, 'ana', 'dr']) row.members.set(p, member(p, { conversation: id, version: ++this.version }))
    }
    for (let i = 0; i < n; i++) this.step(r.pick(this.conversations))
  }

  /** A snapshot now, and the changes from here on. */
  snapshot(): Snapshot {
    return { conversations: this.conversations.map((id) => this.row(id)), cursor: `e.${this.version}` }
  }

  step(id: string): void {
    const row = this.rows.get(id)
    if (!row || row.members.get(me)?.state === 'left') return
    const kind = this.r.below(10)
    if (kind < 4) this.say(id)
    else if (kind < 7) this.mark(id)
    else if (kind === 7 && row.messages.length) this.correct(id)
    else if (kind === 8) this.title(id)
    else if (this.r.below(12) === 0) this.leave(id, this.r.pick(['dr', me]))
  }

  /** The truth, made of the last states alone. */
  truth(id: string) {
    const c = this.row(id)
    const gone = c.members.some((m) => m.person.id === me && m.state === 'left')
    if (gone) return { active: false, title: '', lastSeq: 0, last: undefined, unread: 0, members: {} }
    return {
      active: true, title: c.title, lastSeq: c.last_seq, last: c.last?.version, unread: c.unread,
      members: Object.fromEntries(c.members.map((m) => [m.person.id, [m.state, m.read, m.delivered, m.version]])),
    }
  }

  private row(id: string): Conversation {
    const row = this.rows.get(id)
    assert.ok(row)
    const last = row.messages.at(-1)
    const own = row.members.get(me)
    return {
      id, kind: 'group', title: row.title, version: row.version,
      members: [...row.members.values()].map((m) => this.raised(id, m)),
      last_seq: row.messages.length, unread: row.messages.length - (own ? this.raised(id, own).read : 0),
      ...(last ? { last } : {}),
    }
  }

  private raised(id: string, m: Member): Member {
    const sent = Math.max(0, ...(this.rows.get(id)?.messages.filter((x) => x.sender === m.person.id).map((x) => x.seq) ?? []))
    const read = Math.max(m.read, sent)
    return { ...m, read, delivered: Math.max(m.delivered, read) }
  }

  private say(id: string): void {
    const row = this.rows.get(id)
    const m = message(
      (row?.messages.length ?? 0) + 1, { conversation: id, sender: this.r.pick([me, 'ana', 'dr']), version: ++this.version },
    )
    row?.messages.push(m)
    this.changes.push(told(m))
  }

  private correct(id: string): void {
    const row = this.rows.get(id)
    if (!row) return
    const at = this.r.below(row.messages.length)
    const m = { ...(row.messages[at] as Message), text: `again ${this.version}`, version: ++this.version }
    row.messages[at] = m
    this.changes.push(told(m))
  }

  private mark(id: string): void {
    const row = this.rows.get(id)
    const m = row?.members.get(this.r.pick([me, 'ana', 'dr']))
    if (!row || !m) return
    const read = Math.max(m.read, this.r.below(row.messages.length + 1))
    const next = { ...m, read, delivered: Math.max(m.delivered, read), version: ++this.version }
    row.members.set(m.person.id, next)
    this.changes.push(moved(next)) // without what the sender's own messages raise, as the server has it
  }

  private title(id: string): void {
    const row = this.rows.get(id)
    if (!row) return
    row.version = ++this.version
    row.title = `title ${row.version}`
    this.changes.push(listed(this.row(id)))
  }

  private leave(id: string, person: string): void {
    const m = this.rows.get(id)?.members.get(person)
    if (!m || m.state === 'left') return
    const next = { ...m, state: 'left', version: ++this.version }
    this.rows.get(id)?.members.set(person, next)
    this.changes.push(moved(next))
  }
}

/** Of each row only the last state, as a device that was away gets them. */
function compacted(changes: readonly Change[]): Change[] {
  const last = new Map<string, Change>()
  for (const c of changes) last.set([c.type, c.conversation, c.message?.seq, c.member?.person.id].join(), c)
  return [...last.values()].sort((a, b) => a.version - b.version)
}

function seen(store: Store, id: string) {
  const talk = store.talk(id)
  return {
    active: talk?.active.value, title: talk?.details.value.title, lastSeq: talk?.lastSeq.value, last: talk?.last.value?.version,
    unread: talk?.unread.value,
    members: Object.fromEntries(talk?.members.value.map((m) => [m.person.id, [m.state, m.read, m.delivered, m.version]]) ?? []),
  }
}

describe('store, whatever the order', () => {
  it('is as the server under duplicated, reordered and missing changes', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const r = chance(seed)
      const world = new World(r, r.below(20))
      const store = new Store(me, new FakeClock())
      store.reset(world.snapshot())
      const before = [...world.changes]
      for (let i = 0; i < 60; i++) world.step(r.pick(world.conversations))
      const all = world.changes.slice(before.length)
      const needed = compacted(all)
      const missing = all.filter((c) => !needed.includes(c) && r.below(2) === 0)
      const twice = all.filter(() => r.below(3) === 0)
      const stream = r.shuffled([...needed, ...missing, ...twice])
      while (stream.length) store.apply(stream.splice(0, 1 + r.below(8)))
      for (const id of world.conversations) assert.deepEqual(seen(store, id), world.truth(id), `seed ${seed}, ${id}`)
    }
  })

  it('tells each message that came live once, in whatever pieces', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const r = chance(seed)
      const store = new Store(me, new FakeClock())
      store.reset({ conversations: [conversation({ last_seq: 5, unread: 0 })], cursor: 'e.1' })
      const news: number[] = []
      store.onMessage((m) => news.push(m.seq))
      const live = Array.from({ length: 20 }, (_, i) => told(message(i + 1)))
      const stream = r.shuffled([...live, ...live.filter(() => r.below(2) === 0)])
      while (stream.length) store.apply(stream.splice(0, 1 + r.below(5)))
      assert.deepEqual(news.sort((a, b) => a - b), Array.from({ length: 15 }, (_, i) => i + 6), `seed ${seed}`)
    }
  })
})
