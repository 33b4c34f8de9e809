import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError } from '../src/core/api'
import { MemoryOutbox, type Kept, type OutboxKeep } from '../src/core/local'
import { Outbox, type OutboxOptions } from '../src/core/outbox'
import type { Message } from '../src/core/wire.gen'
import { FakeClock, settle } from './fakes/clock'
import { chance, FakeLocks, FakeTabs, me, message, Post } from './fakes/hospital'

/** A device's disk: lasts, and may refuse. */
class Disk extends MemoryOutbox implements OutboxKeep {
  override readonly lasting: boolean = true
  full = false
  slow = false
  private readonly held: (() => void)[] = []

  override async put(item: Kept): Promise<void> {
    if (this.slow) await new Promise<void>((go) => this.held.push(go))
    if (this.full) throw new Error('QuotaExceededError')
    return super.put(item)
  }

  release(): void {
    for (const go of this.held.splice(0)) go()
  }
}

async function started(more: Partial<OutboxOptions> = {}) {
  const clock = (more.clock as FakeClock | undefined) ?? new FakeClock()
  const disk = (more.keep as Disk | undefined) ?? new Disk()
  const post = new Post()
  const delivered: Message[] = []
  const box = new Outbox({ api: post.api, person: me, keep: disk, clock, deliver: (m) => delivered.push(m), ...more })
  await box.start()
  return { clock, disk, post, box, delivered }
}

const refusal = (status: number, code = 'x', after?: number) => new ApiError(status, code, 'A sentence.', undefined, after)
const lost = () => new ApiError(0, 'unreachable', '')
const states = (box: Outbox) => box.items.value.map((i) => `${i.text}:${i.state}${i.overdue ? ':overdue' : ''}`)

describe('outbox', () => {
  it('keeps a message on the device before the first try, and shows it at once', async () => {
    const { box, disk, post } = await started()
    disk.slow = true
    const added = box.add('c', 'hello', 7)
    assert.deepEqual(states(box), ['hello:sending'])
    await settle()
    box.flush()
    await settle()
    assert.deepEqual(post.tries, [])
    disk.slow = false
    disk.release()
    const item = await added
    assert.deepEqual([item.text, item.reply_to], ['hello', 7])
    assert.equal((await disk.of(me))[0]?.id, item.id)
    await settle()
    assert.deepEqual([post.tries, box.items.value, await disk.of(me)], [[item.id], [], []])
  })

  it('keeps a message before its first try, also while an earlier one is being sent', async () => {
    const { box, disk, post } = await started()
    post.fates = ['hang']
    const { id } = await box.add('c', 'a')
    await settle()
    disk.slow = true
    void box.add('c', 'b')
    post.release()
    await settle()
    assert.deepEqual(post.tries, [id])
    disk.slow = false
    disk.release()
    await settle()
    assert.deepEqual(post.stored.map((m) => m.text), ['a', 'b'])
  })

  it('delivers the message in the same moment in which it leaves the outbox', async () => {
    const seen: number[] = []
    const { box, delivered } = await started()
    box.items.subscribe((items) => seen.push(items.length * 10 + delivered.length))
    await box.add('c', 'hello')
    await settle()
    assert.deepEqual(seen.filter((n, i) => i > 0 && n === 0 || n === 11), [], 'neither gone nor there twice')
    assert.equal(seen.at(-1), 1)
  })

  it('B-12 a lost answer doubles nothing', async () => {
    const { box, clock, post, delivered } = await started()
    post.fates = ['lost', 'lost']
    await box.add('c', 'hello')
    await clock.pass(10_000)
    assert.equal(new Set(post.tries).size, 1)
    assert.deepEqual([post.tries.length, post.stored.length, delivered.length, box.items.value.length], [3, 1, 1, 0])
  })

  it('B-14 tries again after 1, 2, 4 … 30 s with jitter', async () => {
    const { box, clock, post } = await started()
    clock.chance = 0.999999
    post.fates = Array.from({ length: 8 }, lost)
    const begun = clock.now()
    const at: number[] = []
    const send = post.api.send
    post.api.send = (...a) => {
      at.push(Math.round((clock.now() - begun) / 1000))
      return send(...a)
    }
    await box.add('c', 'hello')
    await clock.pass(200_000)
    assert.deepEqual(at.map((s, i) => s - (at[i - 1] ?? 0)), [0, 1, 2, 4, 8, 16, 30, 30, 30])
    clock.chance = 0
    post.fates = Array.from({ length: 3 }, lost)
    at.length = 0
    await box.add('c', 'again')
    await clock.pass(1_700)
    assert.equal(at.length, 3, 'half the pause at least')
  })

  for (const status of [400, 403, 404, 409, 413, 422]) {
    it(`B-14 does not try again by itself after ${status}`, async () => {
      const { box, clock, post } = await started()
      post.fates = [refusal(status, 'why')]
      const { id } = await box.add('c', 'hello')
      await clock.pass(600_000)
      assert.equal(post.tries.length, 1)
      assert.deepEqual(box.items.value[0]?.why, { code: 'why', detail: 'A sentence.' })
      assert.deepEqual(states(box), ['hello:failed'])
      box.retry(id)
      await settle()
      assert.deepEqual([post.tries, box.items.value], [[id, id], []])
    })
  }

  for (const status of [0, 408, 425, 429, 500, 503]) {
    it(`B-14 tries again after ${status}`, async () => {
      const { box, clock, post } = await started()
      post.fates = [refusal(status)]
      await box.add('c', 'hello')
      await settle()
      assert.deepEqual(states(box), ['hello:waiting'])
      await clock.pass(1_000)
      assert.deepEqual([post.tries.length, box.items.value.length], [2, 0])
    })
  }

  it('waits as long as the server asks, whatever happens', async () => {
    const { box, clock, post } = await started()
    post.fates = [refusal(429, 'too_many', 20)]
    await box.add('c', 'hello')
    await clock.pass(5_000)
    box.flush()
    await clock.pass(14_000)
    assert.equal(post.tries.length, 1)
    await clock.pass(2_000)
    assert.equal(post.tries.length, 2)
  })

  it('B-14 says after 60 s that a message is not sent yet, and goes on trying', async () => {
    const { box, clock, post } = await started()
    post.fates = Array.from({ length: 50 }, lost)
    const { id } = await box.add('c', 'hello')
    await clock.pass(59_900)
    assert.equal(box.items.value[0]?.overdue, false)
    await clock.pass(200)
    assert.deepEqual(states(box), ['hello:waiting:overdue'])
    const tries = post.tries.length
    box.retry(id)
    await settle()
    assert.deepEqual([post.tries.length, box.items.value[0]?.overdue], [tries + 1, false])
  })

  it('B-15 sends those of one conversation in the order of writing; a failed one holds later ones of its own only', async () => {
    const { box, clock, post } = await started()
    post.fates = ['hang']
    const [a] = await Promise.all([box.add('c', 'a'), box.add('c', 'b'), box.add('c', 'c')])
    await box.add('d', 'other')
    await settle()
    assert.deepEqual(post.stored.map((m) => m.text), ['a', 'other'])
    post.fates = [refusal(403)]
    post.release()
    await clock.pass(100_000)
    assert.deepEqual(post.stored.map((m) => m.text), ['a', 'other'])
    assert.deepEqual(states(box), ['b:failed', 'c:waiting:overdue'])
    assert.equal(post.tries[0], a?.id)
    box.remove(box.items.value[0]?.id ?? '')
    await settle()
    assert.deepEqual([post.stored.map((m) => m.text), box.items.value], [['a', 'other', 'c'], []])
  })

  it('keeps the order of writing when the clock is set back', async () => {
    const { box, clock, post } = await started()
    post.fates = [lost(), 'hang']
    await box.add('c', 'first')
    await settle()
    const now = clock.now.bind(clock)
    clock.now = () => now() - 3_600_000
    await box.add('c', 'second')
    box.flush()
    await settle()
    assert.deepEqual(box.items.value.map((i) => i.text), ['first', 'second'])
    assert.deepEqual(post.stored.map((m) => m.text), ['first'])
  })

  it('P-7 tries at once when told that the network is back', async () => {
    const { box, clock, post } = await started()
    post.fates = Array.from({ length: 6 }, lost)
    await box.add('c', 'hello')
    await clock.pass(31_000)
    const tries = post.tries.length
    assert.equal(tries, 6)
    box.flush()
    await settle()
    assert.deepEqual([post.tries.length, box.items.value.length], [tries + 1, 0])
  })

  it('the feed brings a message before the answer: sent, and told once', async () => {
    const { box, clock, post, disk, delivered } = await started()
    const sent: string[] = []
    box.onSent((m) => sent.push(m.id))
    post.fates = ['hang']
    const { id } = await box.add('c', 'hello')
    await settle()
    box.arrived(message(1, { id, sender: 'ana' }))
    assert.equal(box.items.value.length, 1, 'somebody else\'s message is not this one')
    box.arrived(message(1, { id, sender: me }))
    assert.deepEqual([box.items.value, sent], [[], [id]])
    post.release()
    await clock.pass(5_000)
    assert.deepEqual([sent, post.tries.length, await disk.of(me), delivered.length], [[id], 1, [], 1])
  })

  it('the feed brings it although the answer was lost: not tried again', async () => {
    const { box, clock, post } = await started()
    post.fates = ['lost']
    const { id } = await box.add('c', 'hello')
    await settle()
    box.arrived(message(1, { id, sender: me }))
    await clock.pass(60_000)
    assert.deepEqual([post.tries.length, box.items.value], [1, []])
  })

  it('goes on after the page was loaded anew, under the same id', async () => {
    const { box, disk, post } = await started()
    post.fates = ['lost']
    const { id } = await box.add('c', 'hello')
    await settle()
    box.close()
    const next = await started({ keep: disk })
    await settle()
    assert.deepEqual([next.post.tries, next.box.items.value], [[id], []])
  })

  it('never shows or sends what another person wrote on this device', async () => {
    const { box, disk, post } = await started()
    post.fates = Array.from({ length: 9 }, lost)
    await box.add('c', 'of me')
    await settle()
    box.close()
    const other = await started({ keep: disk, person: 'ana' })
    other.box.flush()
    await other.clock.pass(100_000)
    assert.deepEqual([other.box.items.value, other.post.tries], [[], []])
    await other.box.clear()
    assert.equal((await disk.of(me)).length, 1)
  })

  it('stops at once when the server stores a message in another name', async () => {
    let strangers = 0
    const { box, clock, post, delivered } = await started({ foreign: () => strangers++ })
    post.sender = 'ana'
    await box.add('c', 'one')
    await box.add('c', 'two')
    await clock.pass(100_000)
    assert.deepEqual([strangers, post.tries.length, delivered, box.items.value.length], [1, 1, [], 2])
  })

  it('waits when signed out, and fails nothing', async () => {
    const { box, clock, post } = await started()
    post.fates = [refusal(401, 'unauthenticated')]
    await box.add('c', 'hello')
    await clock.pass(50_000)
    assert.deepEqual([post.tries.length, states(box)], [1, ['hello:waiting']])
    box.flush()
    await settle()
    assert.equal(box.items.value.length, 0)
  })

  it('sends also when the device refuses to keep, and says that it does not last', async () => {
    const { box, clock, disk, post } = await started()
    assert.equal(box.lasting.value, true)
    disk.full = true
    post.fates = [lost()]
    await box.add('c', 'hello')
    assert.equal(box.lasting.value, false)
    await settle()
    assert.deepEqual(states(box), ['hello:waiting'])
    await clock.pass(2_000)
    assert.deepEqual([post.stored.length, box.items.value.length], [1, 0])
    const { box: memory } = await started({ keep: new MemoryOutbox() })
    assert.equal(memory.lasting.value, false)
  })

  it('P-8 warns of what waits for more than a day', async () => {
    const { box, clock, post } = await started()
    post.fates = [refusal(403)]
    await box.add('c', 'hello')
    await clock.pass(24 * 3_600_000 - 1)
    assert.equal(box.old.value, false)
    await clock.pass(2)
    assert.equal(box.old.value, true)
    box.remove(box.items.value[0]?.id ?? '')
    assert.equal(box.old.value, false)
  })

  it('rows that did not change are the same objects', async () => {
    const { box, post } = await started()
    post.fates = [refusal(403), 'hang']
    await box.add('c', 'a')
    await settle()
    const [before] = box.items.value
    await box.add('d', 'b')
    await settle()
    assert.equal(box.items.value[0], before)
  })

  it('B-49 forgets everything of this person, and sends no more', async () => {
    const { box, clock, disk, post } = await started()
    post.fates = [lost()]
    await box.add('c', 'hello')
    await settle()
    const done = box.clear()
    box.close()
    await done
    await clock.pass(100_000)
    assert.deepEqual([await disk.of(me), post.tries.length, clock.timers], [[], 1, 0])
  })

  it('what the server took while the page was closing is not kept', async () => {
    const { box, disk, post, delivered } = await started()
    post.fates = ['hang']
    await box.add('c', 'hello')
    await settle()
    box.close()
    post.release()
    await settle()
    assert.deepEqual([await disk.of(me), delivered], [[], []])
  })
})

describe('outbox in several tabs', () => {
  async function tabs(locks: boolean) {
    const disk = new Disk()
    const browser = new FakeTabs()
    const shared = new FakeLocks()
    const clock = new FakeClock()
    const post = new Post()
    const delivered: string[] = []
    const open = async () => {
      const o = { api: post.api, keep: disk, clock, channel: browser.channel, locks: locks ? shared.manager : undefined }
      const { box } = await started({ ...o, deliver: (m) => delivered.push(m.id) })
      return box
    }
    return { disk, clock, post, delivered, one: await open(), two: await open() }
  }

  it('show the same, and one of them sends', async () => {
    const { clock, post, one, two } = await tabs(true)
    post.fates = ['hang']
    await one.add('c', 'hello')
    await settle()
    assert.deepEqual(two.items.value.map((i) => i.text), ['hello'])
    two.flush()
    await clock.pass(10_000)
    assert.equal(post.tries.length, 1)
    post.release()
    await settle()
    assert.deepEqual([one.items.value, two.items.value, post.tries.length], [[], [], 1])
  })

  it('share the pauses between tries', async () => {
    const { clock, post, one } = await tabs(true)
    post.fates = Array.from({ length: 3 }, lost)
    await one.add('c', 'hello')
    await clock.pass(20_000)
    assert.deepEqual([post.tries.length, post.stored.length], [4, 1])
  })

  it('keep the order of a conversation that is written to in both', async () => {
    const { clock, post, one, two } = await tabs(true)
    post.fates = ['hang']
    await one.add('c', 'a')
    await settle()
    await two.add('c', 'b')
    await settle()
    await one.add('c', 'c')
    await settle()
    post.release()
    await clock.pass(10_000)
    assert.deepEqual(post.stored.map((m) => m.text), ['a', 'b', 'c'])
    assert.deepEqual([one.items.value, two.items.value], [[], []])
  })

  it('do no harm without locks', async () => {
    const { clock, post, one, two } = await tabs(false)
    await one.add('c', 'a')
    await two.add('c', 'b')
    one.flush()
    two.flush()
    await clock.pass(20_000)
    assert.deepEqual(post.stored.map((m) => m.text), ['a', 'b'])
    assert.deepEqual([one.items.value, two.items.value], [[], []])
  })

  it('a tab sends what a closed one has left', async () => {
    const { clock, post, one, two } = await tabs(true)
    post.fates = [lost()]
    await one.add('c', 'a')
    await settle()
    one.close()
    await clock.pass(20_000)
    assert.deepEqual([post.stored.length, two.items.value], [1, []])
  })

  it('a message taken out in one is not sent by the other', async () => {
    const { clock, post, one, two } = await tabs(true)
    post.fates = [lost()]
    const { id } = await one.add('c', 'a')
    await settle()
    two.remove(id)
    await clock.pass(60_000)
    assert.deepEqual([post.tries.length, one.items.value], [1, []])
  })

  it('lose, double and reorder nothing, whatever happens', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const r = chance(seed)
      const { clock, disk, post, one, two } = await tabs(r.below(2) === 0)
      clock.chance = r.next()
      const written: Record<string, string[]> = { c: [], d: [] }
      for (let i = 0; i < 12; i++) {
        const conversation = r.pick(['c', 'd'])
        const fate = r.pick(['ok', 'ok', 'lost', lost(), refusal(503)] as const)
        post.fates.push(fate)
        const text = `${seed}.${i}`
        written[conversation]?.push(text)
        await r.pick([one, two]).add(conversation, text)
        await clock.pass(1 + (r.below(3) === 0 ? r.below(3_000) : 0))
        if (r.below(4) === 0) r.pick([one, two]).flush()
      }
      await clock.pass(120_000)
      for (const c of ['c', 'd']) {
        assert.deepEqual(post.stored.filter((m) => m.conversation === c).map((m) => m.text), written[c], `seed ${seed}`)
      }
      assert.deepEqual([one.items.value, two.items.value, await disk.of(me)], [[], [], []], `seed ${seed}`)
    }
  })
})
