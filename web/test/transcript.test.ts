import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signal } from '@preact/signals-core'
import { ApiError } from '../src/core/api'
import type { Outgoing } from '../src/core/outbox'
import { Store } from '../src/core/store'
import { MOST, PAGE, PAGES } from '../src/core/mounted'
import { Transcript } from '../src/core/transcript'
import type { Message } from '../src/core/wire.gen'
import { FakeClock, settle } from './fakes/clock'
import { chance, History, me, member, message, moved, told } from './fakes/hospital'


function opened(n: number, read = n) {
  const history = new History(n)
  const store = new Store(me, new FakeClock())
  store.reset(history.snapshot(read))
  const items = signal<readonly Outgoing[]>([])
  const transcript = new Transcript({ conversation: 'c', api: history.api, store, outbox: { items } })
  const live = (seq: number, more: Partial<Message> = {}) => store.apply([told(history.put(message(seq, more)))])
  return { history, store, items, transcript, live }
}

const seqs = (t: Transcript) => t.entries.value.flatMap((e) => e.message?.seq ?? [])
const keys = (t: Transcript) => t.entries.value.map((e) => e.key)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

function outgoing(id: string, conversation = 'c'): Outgoing {
  return { id, conversation, text: 'on its way', created: 0, tries: 1, state: 'sending', overdue: false }
}

describe('transcript', () => {
  it('opens at the newest page', async () => {
    const { transcript } = opened(120)
    const done = transcript.open()
    assert.equal(transcript.loading.value, 'first')
    await done
    assert.deepEqual(seqs(transcript), range(71, 120))
    assert.deepEqual([transcript.loading.value, transcript.hasOlder.value, transcript.hasNewer.value], ['', true, false])
  })

  it('opens an empty conversation', async () => {
    const { transcript, live } = opened(0)
    await transcript.open()
    assert.deepEqual([seqs(transcript), transcript.hasOlder.value, transcript.hasNewer.value], [[], false, false])
    live(1)
    assert.deepEqual(seqs(transcript), [1])
  })

  it('B-19 opens around the first unread message if it is far up', async () => {
    const { transcript } = opened(300, 100)
    await transcript.open()
    assert.deepEqual(seqs(transcript), range(76, 125))
    assert.deepEqual([transcript.hasOlder.value, transcript.hasNewer.value], [true, true])
    const near = opened(300, 290).transcript
    await near.open()
    assert.deepEqual([seqs(near).at(-1), near.hasNewer.value], [300, false])
  })

  it('mounts five pages at most, and drops the far one', async () => {
    const { transcript } = opened(400)
    await transcript.open()
    for (let i = 0; i < 6; i++) {
      await transcript.older()
      assert.ok(seqs(transcript).length <= PAGE * PAGES)
    }
    assert.deepEqual(seqs(transcript), range(51, 300))
    assert.deepEqual([transcript.hasOlder.value, transcript.hasNewer.value], [true, true])
    await transcript.older()
    assert.deepEqual([seqs(transcript)[0], transcript.hasOlder.value], [1, false])
    for (let i = 0; i < 3; i++) await transcript.newer()
    assert.deepEqual(seqs(transcript), range(151, 400))
    assert.deepEqual([transcript.hasOlder.value, transcript.hasNewer.value], [true, false])
  })

  it('A-3 never drops the page that has the focus, until the focus goes', async () => {
    const { transcript } = opened(400)
    await transcript.open()
    transcript.keep('m400')
    for (let i = 0; i < 5; i++) await transcript.older()
    assert.equal(seqs(transcript).length, PAGE * (PAGES + 1))
    assert.equal(transcript.hasNewer.value, false)
    transcript.keep(undefined)
    assert.deepEqual(seqs(transcript), range(101, 350))
    assert.equal(transcript.hasNewer.value, true)
  })

  it('takes live messages at the newest page only', async () => {
    const { transcript, live } = opened(400)
    await transcript.open()
    live(401)
    assert.equal(seqs(transcript).at(-1), 401)
    for (let i = 0; i < 5; i++) await transcript.older()
    live(402)
    assert.equal(seqs(transcript).includes(402), false)
    assert.equal(transcript.hasNewer.value, true)
    await transcript.toEnd()
    assert.deepEqual([seqs(transcript).at(-1), transcript.hasNewer.value], [402, false])
  })

  it('holds what is being read while many live messages come', async () => {
    const { transcript, live } = opened(250)
    await transcript.open()
    for (let i = 0; i < 4; i++) await transcript.older()
    transcript.reading('m10')
    live(251)
    assert.deepEqual([seqs(transcript), transcript.hasNewer.value], [range(1, 250), true])
    await transcript.newer()
    assert.equal(seqs(transcript).at(-1), 251)
  })

  it('drops the oldest page when live messages pile up at the end', async () => {
    const { transcript, live } = opened(250)
    await transcript.open()
    for (let i = 0; i < 4; i++) await transcript.older()
    for (let seq = 251; seq <= 300; seq++) live(seq)
    assert.deepEqual(seqs(transcript), range(1, 300), 'nothing goes while they come')
    live(301)
    assert.deepEqual(seqs(transcript), range(101, 301), 'but for what would be too much')
    assert.equal(transcript.hasOlder.value, true)
    for (let seq = 302; seq <= 360; seq++) live(seq)
    assert.deepEqual(seqs(transcript), range(101, 360))
    transcript.tidy()
    assert.deepEqual(seqs(transcript), range(151, 360))
  })

  it('replaces corrections and retractions in place, and never by an older state', async () => {
    const { transcript, live, store } = opened(60)
    await transcript.open()
    const before = transcript.entries.value
    live(30, { text: 'corrected', version: 500 })
    store.apply([told(message(30, { text: 'late', version: 200 }))])
    live(31, { version: 501, retracted_at: 'x' })
    const now = transcript.entries.value
    store.apply([told(message(30, { text: 'corrected', version: 500 }))])
    assert.equal(transcript.entries.value, now, 'told twice')
    assert.deepEqual([transcript.find(30)?.text, transcript.find(31)?.retracted_at], ['corrected', 'x'])
    assert.equal(transcript.entries.value[0], before[0], 'rows that did not change are the same')
    assert.notEqual(transcript.entries.value[19], before[19])
    assert.deepEqual(keys(transcript), before.map((e) => e.key))
  })

  it('a correction that comes while the page is on its way counts', async () => {
    const { transcript, history, store } = opened(60)
    history.slow = true
    const done = transcript.open()
    store.apply([told(message(30, { text: 'corrected', version: 500 }))])
    store.apply([told(message(61))])
    await settle()
    history.release()
    await done
    assert.deepEqual([transcript.find(30)?.text, seqs(transcript).at(-1)], ['corrected', 61])
  })

  it('heals a gap by reading after it', async () => {
    const { transcript, history, live } = opened(10)
    await transcript.open()
    history.put(message(11))
    history.put(message(12))
    live(13)
    assert.deepEqual(seqs(transcript), [...range(1, 10), 13])
    await settle()
    assert.deepEqual(seqs(transcript), range(1, 13))
    assert.deepEqual(history.asked.at(-1), { after: 10, limit: PAGE })
  })

  it('heals a gap of many pages, and one that the server has as well', async () => {
    const { transcript, history, live } = opened(10)
    await transcript.open()
    for (let seq = 11; seq <= 180; seq++) history.put(message(seq))
    live(181)
    await settle()
    assert.deepEqual(seqs(transcript), range(1, 181))
    live(190) // what lies between is not this person's
    await settle()
    const asked = history.asked.length
    live(191)
    await settle()
    assert.deepEqual([seqs(transcript).slice(-3), history.asked.length], [[181, 190, 191], asked])
  })

  it('heals a gap that is behind a page loaded meanwhile', async () => {
    const { transcript, history, live } = opened(10)
    await transcript.open()
    history.slow = true
    history.put(message(11))
    live(12)
    const done = transcript.open()
    history.put(message(13))
    live(14)
    await settle()
    history.slow = false
    history.release(true) // the page first, then what was read for the first gap
    await done
    await settle()
    assert.deepEqual(seqs(transcript), range(1, 14))
  })

  it('keeps a gap that could not be read as a failure, and heals it later', async () => {
    const { transcript, history, live } = opened(10)
    await transcript.open()
    history.put(message(11))
    history.down = true
    live(12)
    await settle()
    assert.equal(transcript.failed.value?.code, 'unreachable')
    history.down = false
    await transcript.retry()
    await settle()
    assert.deepEqual([seqs(transcript), transcript.failed.value], [range(1, 12), undefined])
  })

  it('reads what came between the answer and its arrival', async () => {
    const { transcript, history, store } = opened(10)
    history.slow = true
    const done = transcript.open()
    for (const seq of [11, 12]) history.put(message(seq))
    store.reset(history.snapshot(10)) // tells of 12, and renews the transcript
    history.slow = false
    history.release()
    await done
    await settle()
    assert.deepEqual(seqs(transcript), range(1, 12))
  })

  it('B-11 shows what is outgoing at the end, and the message takes its place under the same key', async () => {
    const { transcript, items, live } = opened(3)
    await transcript.open()
    items.value = [outgoing('a'), outgoing('b'), outgoing('elsewhere', 'd')]
    assert.deepEqual(keys(transcript), ['m1', 'm2', 'm3', 'a', 'b'])
    const seen: string[] = []
    const stop = transcript.entries.subscribe((list) => seen.push(list.map((e) => e.key + (e.message ? '!' : '?')).join(' ')))
    live(4, { id: 'a', sender: me }) // before the answer to the POST
    items.value = [outgoing('b'), outgoing('elsewhere', 'd')]
    stop()
    assert.deepEqual(seen, ['m1! m2! m3! a? b?', 'm1! m2! m3! a! b?', 'm1! m2! m3! a! b?'])
  })

  it('an own message beyond a gap is shown at once', async () => {
    const { transcript, history, live } = opened(3)
    await transcript.open()
    history.put(message(4))
    live(5, { id: 'a', sender: me })
    assert.deepEqual(keys(transcript), ['m1', 'm2', 'm3', 'a'])
    await settle()
    assert.deepEqual(keys(transcript), ['m1', 'm2', 'm3', 'm4', 'a'])
  })

  it('shows nothing outgoing away from the newest page', async () => {
    const { transcript, items } = opened(300)
    items.value = [outgoing('a')]
    await transcript.open(100)
    assert.equal(keys(transcript).includes('a'), false)
    await transcript.toEnd()
    assert.equal(keys(transcript).at(-1), 'a')
  })

  it('B-25 goes to a message: loads around it unless it is mounted', async () => {
    const { transcript, history } = opened(500)
    await transcript.open()
    assert.equal(await transcript.goTo(490), true)
    assert.equal(history.asked.length, 1)
    assert.equal(await transcript.goTo(200), true)
    assert.deepEqual(seqs(transcript), range(175, 224))
    assert.equal(await transcript.goTo(3), true)
    assert.deepEqual([seqs(transcript)[0], transcript.hasOlder.value], [1, false])
    assert.equal(await transcript.goTo(900), false)
  })

  it('drops answers for a place that was left, in whatever order they come', async () => {
    const { transcript, history } = opened(500)
    await transcript.open()
    history.slow = true
    const older = transcript.older()
    const first = transcript.goTo(100)
    const second = transcript.goTo(300)
    await settle()
    history.release(true)
    await Promise.all([older, first, second])
    assert.deepEqual(seqs(transcript), range(275, 324))
    assert.equal(transcript.loading.value, '')
  })

  it('asks once for one page, and for one after the other', async () => {
    const { transcript, history } = opened(500)
    await transcript.goTo(250)
    history.slow = true
    const all = [transcript.older(), transcript.older(), transcript.newer()]
    await settle()
    assert.equal(history.asked.length, 2)
    history.release()
    await settle()
    history.release()
    await Promise.all(all)
    assert.deepEqual([history.asked.length, seqs(transcript).length], [3, 150])
  })

  it('keeps a failure as state, and what was there before', async () => {
    const { transcript, history } = opened(100)
    history.down = true
    await transcript.open()
    assert.deepEqual([transcript.failed.value?.code, transcript.loading.value], ['unreachable', ''])
    history.down = false
    await transcript.retry()
    assert.deepEqual([transcript.failed.value, seqs(transcript).length], [undefined, 50])
    history.down = true
    await transcript.older()
    assert.ok(transcript.failed.value instanceof ApiError)
    assert.equal(seqs(transcript).length, 50)
    history.down = false
    await transcript.retry()
    assert.deepEqual([transcript.failed.value, seqs(transcript).length], [undefined, 100])
  })

  it('is empty at once when access is lost, and drops what is on its way', async () => {
    const { transcript, history, store } = opened(100)
    await transcript.open()
    history.slow = true
    const older = transcript.older()
    store.apply([moved(member(me, { state: 'left', version: 900 }))])
    assert.deepEqual([transcript.entries.value, transcript.loading.value], [[], ''])
    history.release()
    await older
    assert.deepEqual(transcript.entries.value, [])
  })

  it('is of no use after close', async () => {
    const { transcript, history, live } = opened(100)
    history.slow = true
    const done = transcript.open()
    transcript.close()
    history.release()
    await done
    live(101)
    await transcript.open()
    assert.deepEqual([transcript.entries.value, history.asked.length], [[], 1])
  })

  it('after a snapshot loads the same place anew', async () => {
    const { transcript, history, store } = opened(100)
    await transcript.open()
    history.messages = history.messages.slice(0, 60).map((m) => ({ ...m, text: 'restored', version: 1 }))
    store.reset(history.snapshot(60))
    await settle()
    assert.deepEqual([seqs(transcript), transcript.find(60)?.text], [range(11, 60), 'restored'])
  })

  it('learns from history how far its senders have read', async () => {
    const { transcript, store } = opened(20)
    await transcript.open()
    assert.equal(store.talk('c')?.members.value.find((m) => m.person.id === 'ana')?.read, 20)
  })
})

describe('transcript, whatever happens', () => {
  it('is a run without holes of the newest states, of bounded length', async () => {
    for (let seed = 1; seed <= 150; seed++) {
      const r = chance(seed)
      const { transcript, history, store, live } = opened(r.below(400), r.below(400))
      let version = 10_000
      const steps: (() => unknown)[] = [
        () => transcript.older(), () => transcript.newer(), () => transcript.toEnd(),
        () => transcript.goTo(1 + r.below(history.messages.length + 1)),
        () => live(history.messages.length + 1),
        () => { history.put(message(history.messages.length + 1)) }, // the feed tells of it later, or never
        () => live(1 + r.below(Math.max(1, history.messages.length)), { version: version++, text: `v${version}` }),
        () => { history.slow = r.below(2) === 0 },
        () => history.release(r.below(2) === 0),
        () => { history.down = r.below(4) === 0 },
      ]
      void transcript.open()
      for (let i = 0; i < 60; i++) {
        void r.pick(steps)()
        if (r.below(3) === 0) await settle()
        const now = seqs(transcript)
        assert.ok(now.length <= MOST, `seed ${seed}: ${now.length} mounted`)
        assert.equal(new Set(keys(transcript)).size, keys(transcript).length, `seed ${seed}: a key twice`)
        assert.deepEqual(now, [...now].sort((a, b) => a - b), `seed ${seed}: out of order`)
      }
      history.slow = history.down = false
      history.release()
      await settle()
      if (transcript.failed.value) await transcript.retry()
      await transcript.toEnd()
      live(history.messages.length + 1)
      await settle()
      const now = seqs(transcript)
      assert.deepEqual(now, range(now[0] ?? 1, history.messages.length), `seed ${seed}`)
      for (const e of transcript.entries.value) assert.equal(
        e.message?.version, history.messages[(e.message?.seq ?? 0) - 1]?.version, `seed ${seed}`,
      )
      assert.equal(store.talk('c')?.lastSeq.value, history.messages.length)
    }
  })
})
