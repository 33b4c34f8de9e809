import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signal } from '@preact/signals-core'
import { ApiError, type Api } from '../src/core/api'
import { Kinward, type KinwardOptions } from '../src/core/kinward'
import type { Line, LineOptions, LineState } from '../src/core/line'
import { MemoryKeep, MemoryOutbox } from '../src/core/local'
import { Settings } from '../src/core/settings'
import type { About, Message, Snapshot } from '../src/core/wire.gen'
import { FakeClock, settle } from './fakes/clock'
import { conversation, History, me, member, message, moved, Post, told } from './fakes/hospital'

/** What of the server a signed-in client asks; each answer can be held back. */
class Server {
  readonly history = new History(10)
  readonly post = new Post()
  asked: string[] = []
  snapshot: () => Promise<Snapshot> = async () => this.history.snapshot(8)
  marks: () => Promise<void> = async () => undefined
  onUnauthenticated: (() => void) | undefined

  readonly api = Object.assign(Object.create(this) as Api, {
    conversations: () => this.note('conversations', () => this.snapshot()),
    messages: this.history.api.messages,
    send: this.post.api.send,
    mark: (_: string, read: number) => this.note(`mark ${read}`, () => this.marks()),
    typing: () => this.note('typing', async () => undefined),
    signOut: () => this.note('signOut', async () => undefined),
    patients: () => this.note('patients', async () => ({ patients: [], more: false })),
  })

  private async note<T>(what: string, f: () => Promise<T>): Promise<T> {
    this.asked.push(what)
    return f()
  }
}

async function started(more: Partial<KinwardOptions> & { server?: Server } = {}) {
  const clock = new FakeClock()
  const server = more.server ?? new Server()
  const state = signal<LineState>({ is: 'connecting' })
  const surroundings = { visible: signal(true), online: signal(true) }
  const line = { options: undefined as LineOptions | undefined, did: [] as string[] }
  const kinward = await Kinward.start({
    api: server.api, me: { id: me, kind: 'staff', name: 'Me' }, about: {} as About, settings: new Settings(), surroundings, clock,
    storage: new MemoryKeep(), keep: new MemoryOutbox(), locks: undefined, channel: undefined,
    line: (o) => {
      line.options = o
      return {
        state, start: () => line.did.push('start'), close: () => line.did.push('close'),
      } as unknown as Line // what is used of it
    },
    ...more,
  })
  assert.ok(line.options)
  const feed = line.options
  return { clock, server, kinward, state, surroundings, line, feed }
}

const left = () => moved(member(me, { state: 'left', version: 900 }))

describe('kinward', () => {
  it('takes the snapshot, then receives from its cursor', async () => {
    const { kinward, line } = await started()
    assert.deepEqual(
      [kinward.store.ready.value, kinward.store.unread.value, line.options?.cursor, line.did], [true, 2, 'e.1', ['start']],
    )
  })

  it('takes a snapshot that was asked for before, if it is this person’s', async () => {
    const early = (snapshot: Promise<Snapshot>) => started({ early: snapshot })
    const history = new History(10)
    const own = await early(Promise.resolve({ ...history.snapshot(3), cursor: 'e.7' }))
    assert.deepEqual([own.server.asked.includes('conversations'), own.feed.cursor, own.kinward.store.unread.value], [false, 'e.7', 7])

    const others = { ...history.snapshot(3), cursor: 'e.7', conversations: [conversation({ members: [member('ana'), member('bea')] })] }
    const failed = Promise.reject<Snapshot>(new ApiError(401, 'unauthenticated', ''))
    for (const foreseen of [Promise.resolve(others), failed]) {
      const { server, feed, kinward } = await early(foreseen)
      assert.deepEqual([server.asked.includes('conversations'), feed.cursor, kinward.store.unread.value], [true, 'e.1', 2])
    }
  })

  it('loads the conversation that will be shown first before there is anything to show it', async () => {
    const { kinward, server } = await started()
    kinward.foresee('c')
    await settle()
    assert.equal(server.history.asked.length, 1)
    const transcript = kinward.transcript('c')
    await transcript.open()
    assert.deepEqual([server.history.asked.length, transcript.entries.value.length], [1, 10], 'not a second time')

    assert.notEqual(kinward.transcript('c'), transcript, 'each view has its own')
    kinward.foresee('c')
    kinward.transcript('d').close()
    const again = kinward.transcript('c')
    assert.equal(again.loading.value, '', 'what nobody came for is closed')
    again.close()
  })

  it('begins without a server, and the line brings the snapshot', async () => {
    const server = new Server()
    server.snapshot = () => Promise.reject(new ApiError(0, 'unreachable', ''))
    const { kinward, line, feed } = await started({ server })
    assert.deepEqual([kinward.store.ready.value, line.options?.cursor], [false, ''])
    feed.reset(server.history.snapshot(8))
    assert.equal(kinward.store.ready.value, true)
  })

  it('does not begin where the server refuses', async () => {
    const server = new Server()
    server.snapshot = () => Promise.reject(new ApiError(401, 'unauthenticated', ''))
    await assert.rejects(started({ server }), { code: 'unauthenticated' })
  })

  it('does not begin when signed out meanwhile', async () => {
    const server = new Server()
    let told = 0
    class Slow extends MemoryOutbox {
      override async of(person: string) {
        server.api.onUnauthenticated?.()
        return super.of(person)
      }
    }
    const line: string[] = []
    await assert.rejects(started({
      server, keep: new Slow(), onSignedOut: () => told++,
      line: () => ({
        state: signal({ is: 'connecting' }), start: () => line.push('start'), close: () => line.push('close'),
      }) as unknown as Line,
    }), { code: 'unauthenticated' })
    assert.deepEqual([told, line], [1, ['close']])
  })

  it('does not claim that people are online who may have left meanwhile', async () => {
    const { kinward, state, feed } = await started()
    state.value = { is: 'live' }
    feed.apply([], [{ type: 'presence', person: 'ana', state: 'online' }])
    assert.equal(kinward.store.online.value.size, 1)
    state.value = { is: 'connecting' }
    assert.equal(kinward.store.online.value.size, 0)
  })

  it('loads what could not be loaded, once it is live again', async () => {
    const { kinward, server, state } = await started()
    const transcript = kinward.transcript('c')
    server.history.down = true
    await transcript.open()
    assert.equal(transcript.failed.value?.code, 'unreachable')
    server.post.fates = ['hang']
    await kinward.outbox.add('c', 'written offline')
    assert.deepEqual(transcript.entries.value.map((e) => e.outgoing?.text ?? e.message?.text), ['written offline'])
    server.history.down = false
    state.value = { is: 'live' }
    await settle()
    assert.deepEqual([transcript.failed.value, transcript.entries.value.length], [undefined, 11])
  })

  it('after a reset keeps the outbox and loads what is open anew', async () => {
    const { clock, kinward, server, feed } = await started()
    const transcript = kinward.transcript('c')
    await transcript.open()
    server.post.fates = Array.from({ length: 5 }, () => new ApiError(503, 'unavailable', ''))
    await kinward.outbox.add('c', 'hello')
    server.history.messages = server.history.messages.slice(0, 5)
    feed.reset(server.history.snapshot(5))
    await settle()
    assert.deepEqual(transcript.entries.value.map((e) => e.message?.seq ?? e.outgoing?.text), [1, 2, 3, 4, 5, 'hello'])
    await clock.pass(60_000)
    assert.equal(kinward.outbox.items.value.length, 0)
  })

  it('B-11 an own message is one row, whichever way it comes back first', async () => {
    for (const first of ['feed', 'answer']) {
      const { kinward, server, feed } = await started()
      const transcript = kinward.transcript('c')
      await transcript.open()
      server.post.before = 10
      server.post.fates = ['hang']
      const seen = new Set<string>()
      const { id } = await kinward.outbox.add('c', 'hello')
      const stop = transcript.entries.subscribe((list) => seen.add(list.slice(10).map((e) => e.key).join()))
      await settle()
      const stored = server.post.stored[0] as Message
      if (first === 'feed') feed.apply([told(stored)], [])
      server.post.release()
      await settle()
      feed.apply([told(server.history.put(stored))], [])
      stop()
      assert.deepEqual([...seen].filter((row) => row !== id), [], first)
      assert.deepEqual([kinward.store.talk('c')?.unread.value, kinward.outbox.items.value], [0, []])
    }
  })

  it('P-7 sends what waits whenever it may work again', async () => {
    const { clock, kinward, server, state, surroundings } = await started()
    const busy = new ApiError(503, 'unavailable', '')
    server.post.fates = Array.from({ length: 7 }, () => busy)
    await kinward.outbox.add('c', 'hello')
    await clock.pass(35_000)
    const again = async (f: () => void) => {
      const before = server.post.tries.length
      server.post.fates = [busy]
      f()
      await settle()
      assert.equal(server.post.tries.length, before + 1, String(f))
    }
    await again(() => { state.value = { is: 'live' } })
    await again(() => { surroundings.online.value = false })
    await again(() => { surroundings.visible.value = false })
    state.value = { is: 'live' }
    const before = server.post.tries.length
    await settle()
    assert.equal(server.post.tries.length, before, 'still live is nothing new')
  })

  it('B-21 tells read marks at most twice a second, the highest only', async () => {
    const { clock, kinward, server } = await started()
    kinward.markRead('c', 9)
    assert.equal(kinward.store.unread.value, 1)
    kinward.markRead('c', 9)
    kinward.markRead('c', 3)
    await clock.pass(100)
    kinward.markRead('c', 10)
    kinward.markRead('c', 99)
    await clock.pass(1_000)
    assert.deepEqual(server.asked.filter((a) => a.startsWith('mark')), ['mark 9', 'mark 10'])
    assert.equal(kinward.store.unread.value, 0)
  })

  it('tells read marks again until they have arrived, but not against a refusal', async () => {
    const { clock, kinward, server } = await started()
    server.marks = () => Promise.reject(new ApiError(0, 'unreachable', ''))
    kinward.markRead('c', 9)
    await clock.pass(6_000)
    server.marks = async () => undefined
    await clock.pass(6_000)
    assert.equal(server.asked.filter((a) => a === 'mark 9').length, 3)
    server.marks = () => Promise.reject(new ApiError(404, 'not_found', ''))
    kinward.markRead('c', 10)
    await clock.pass(60_000)
    assert.equal(server.asked.filter((a) => a === 'mark 10').length, 1)
  })

  it('B-27 tells of typing at most every 4 s', async () => {
    const { clock, kinward, server } = await started()
    for (let i = 0; i < 9; i++) {
      kinward.typing('c')
      await clock.pass(1_000)
    }
    assert.equal(server.asked.filter((a) => a === 'typing').length, 3)
  })

  it('forgets what belongs to a conversation when access is lost', async () => {
    const { kinward, feed } = await started()
    const transcript = kinward.transcript('c')
    await transcript.open()
    kinward.drafts.set('c', 'about Rosa')
    feed.apply([left()], [])
    assert.deepEqual([transcript.entries.value, kinward.drafts.get('c'), kinward.store.talks.value], [[], '', []])
  })

  it('B-49 signing out hides everything at once, and forgets drafts and what is unsent', async () => {
    const storage = new MemoryKeep()
    const keep = new MemoryOutbox()
    const { clock, kinward, server, line } = await started({ storage, keep })
    const transcript = kinward.transcript('c')
    await transcript.open()
    server.post.fates = [new ApiError(503, 'unavailable', '')]
    await kinward.outbox.add('c', 'unsent')
    kinward.drafts.set('c', 'draft')
    kinward.drafts.saveNow()
    const done = kinward.signOut()
    assert.deepEqual(
      [transcript.entries.value, kinward.store.talks.value, kinward.outbox.items.value, kinward.patients.list.value],
      [[], [], [], []],
    )
    await done
    await clock.pass(100_000)
    assert.deepEqual(
      [storage.length, await keep.of(me), server.asked.at(-1), line.did, clock.timers],
      [0, [], 'signOut', ['start', 'close'], 0],
    )
  })

  it('401 signs out, once, and keeps drafts and what is unsent for the same person', async () => {
    const storage = new MemoryKeep()
    const keep = new MemoryOutbox()
    let told = 0
    let before = 0
    const server = new Server()
    server.api.onUnauthenticated = () => before++
    const { kinward, feed } = await started({ server, storage, keep, onSignedOut: () => told++ })
    server.post.fates = [new ApiError(503, 'unavailable', '')]
    await kinward.outbox.add('c', 'unsent')
    kinward.drafts.set('c', 'draft')
    server.api.onUnauthenticated?.()
    feed.signedOut?.()
    assert.deepEqual([told, before, kinward.store.talks.value], [1, 1, []])
    assert.deepEqual([storage.length, (await keep.of(me)).length], [1, 1])
    server.api.onUnauthenticated?.()
    assert.deepEqual([told, before], [1, 2], 'the place is handed back')
  })

  it('what was asked for one person never reaches the next', async () => {
    const server = new Server()
    const ana = await started({ server })
    const transcript = ana.kinward.transcript('c')
    server.history.slow = true
    let release = () => {}
    const held = new Promise<void>((go) => { release = go })
    server.snapshot = async () => {
      await held
      return server.history.snapshot(0)
    }
    const answers = [transcript.open(), ana.kinward.api.conversations(), ana.kinward.api.messages('c')]
    await ana.kinward.signOut()

    server.snapshot = async () => ({ conversations: [conversation({ id: 'other', title: 'of Bo' })], cursor: 'e.9' })
    const bo = await started({ server, me: { id: 'bo', kind: 'staff', name: 'Bo' } })
    release()
    server.history.release()
    const settled = await Promise.allSettled(answers)
    assert.deepEqual(settled.map((s) => s.status), ['fulfilled', 'rejected', 'rejected'])
    ana.feed.apply([told(message(11))], [])
    ana.feed.reset(server.history.snapshot(0))
    ana.kinward.store.apply([told(message(12))])
    await assert.rejects(ana.kinward.api.messages('c'), { code: 'unauthenticated' })
    ana.kinward.markRead('c', 9)
    ana.kinward.typing('c')
    await assert.rejects(ana.kinward.outbox.add('c', 'too late'), { code: 'unauthenticated' })
    ana.kinward.outbox.flush()
    await ana.clock.pass(100_000)
    assert.deepEqual(transcript.entries.value, [])
    assert.deepEqual(bo.kinward.store.talks.value.map((t) => t.id), ['other'])
    assert.deepEqual([server.post.tries, server.asked.filter((a) => /mark|typing/.test(a))], [[], []])
    assert.equal(bo.kinward.store.talk('c'), undefined)
  })

  it('closing stops every timer and listener', async () => {
    const { clock, kinward, server } = await started()
    kinward.store.apply([], [{ type: 'typing', person: 'ana', conversation: 'c' }])
    kinward.drafts.set('c', 'draft')
    kinward.markRead('c', 9)
    kinward.markRead('c', 10)
    server.post.fates = [new ApiError(503, 'unavailable', '')]
    await kinward.outbox.add('c', 'unsent')
    await settle()
    assert.ok(clock.timers > 0)
    kinward.close()
    kinward.close()
    assert.equal(clock.timers, 0)
    const asked = server.asked.length
    await clock.pass(100_000)
    assert.deepEqual([server.asked.length, server.post.tries.length], [asked, 1])
  })
})
