import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Identity } from '../src/core/identity'
import { methods } from '../src/core/transports/transport'
import { FakeClock, settle } from './fakes/clock'
import { FakeServer, problem } from './fakes/server'
import { FakeChannels, FakeLocks, Tab } from './fakes/tab'

let clock: FakeClock
let server: FakeServer
let locks: FakeLocks
let channels: FakeChannels
let open: Tab[]

beforeEach(() => {
  clock = new FakeClock()
  server = new FakeServer()
  locks = new FakeLocks()
  channels = new FakeChannels()
  open = []
})

interface TabOptions { person?: string; locks?: undefined; frozen?: () => boolean; identity?: Identity; clock?: FakeClock }

async function tab(o: TabOptions = {}): Promise<Tab> {
  const t = new Tab(server, o.clock ?? clock, {
    locks: 'locks' in o ? undefined : (locks as unknown as LockManager), // has what Tabs uses
    channel: channels.open(o.frozen),
    ...(o.person ? { person: o.person } : {}),
    ...(o.identity ? { identity: o.identity } : {}),
  })
  open.push(t)
  t.line.start()
  await clock.pass(320)
  if (o.clock) await o.clock.pass(320) // the time of an election
  return t
}

function leaders(): Tab[] {
  return open.filter((t) => t.line.leads.value)
}

async function say(...texts: string[]): Promise<void> {
  for (const text of texts) {
    server.say(text)
    await settle()
  }
}

describe('one connection for all tabs (P-9)', () => {
  it('brings everything to all of them, once, over one connection', async () => {
    const tabs = [await tab(), await tab(), await tab()]
    const asked = server.asked.length
    await say('a', 'b', 'c')
    await clock.pass(60_000)
    for (const t of tabs) assert.deepEqual(t.texts, ['a', 'b', 'c'])
    assert.equal(leaders().length, 1)
    assert.equal(server.live.size, 1)
    assert.equal(server.asked.slice(asked).filter((p) => p.startsWith('/feed?')).length, 0, 'the followers asked for nothing')
  })

  it('shows the same state, method and figures in all, and takes choices from all', async () => {
    const [first, second] = [await tab(), await tab()]
    second.line.choose('sse', 30)
    await settle()
    assert.deepEqual([first.choice.value, first.intervalS.value], ['sse', 30])
    assert.equal(second.line.method.value, 'sse')
    await clock.pass(5000)
    assert.equal(second.state, 'live')
    assert.equal(second.line.stats.value.sse.requests, 1)
    server.instead = () => {
      throw new TypeError('no network')
    }
    server.cut()
    await settle()
    assert.equal(second.state, 'waiting')
    assert.equal(second.line.troubledSince.value, first.line.troubledSince.value)
    server.instead = undefined
    second.line.tryNow()
    await settle()
    assert.equal(second.state, 'live')
  })

  it('a tab that opens later catches up with what came since its own snapshot', async () => {
    await tab()
    const late = new Tab(server, clock, { locks: locks as unknown as LockManager, channel: channels.open() })
    await say('a', 'b')
    late.line.start()
    await clock.pass(320)
    assert.deepEqual(late.texts, ['a', 'b'])
    await say('c')
    assert.deepEqual(late.texts, ['a', 'b', 'c'])
  })

  it('the next tab takes over when the leader closes, and nothing is lost', async () => {
    const [first, second, third] = [await tab(), await tab(), await tab()]
    await say('a')
    first.line.close()
    await say('b')
    await clock.pass(5000)
    await say('c')
    assert.deepEqual(second.texts, ['a', 'b', 'c'])
    assert.deepEqual(third.texts, ['a', 'b', 'c'])
    assert.deepEqual(leaders(), [second])
    assert.equal(server.live.size, 1)
  })

  it('a follower that missed a page reads it by itself', async () => {
    let deaf = false
    await tab()
    const second = await tab({ frozen: () => deaf })
    await say('a')
    deaf = true
    await say('b')
    deaf = false
    await say('c')
    assert.deepEqual(second.texts, ['a', 'b', 'c'])
    await say('d')
    assert.equal(second.texts.at(-1), 'd')
  })

  it('a follower that misses something while it reads, reads again', async () => {
    let deaf = false
    await tab()
    const second = await tab({ frozen: () => deaf })
    deaf = true
    await say('a')
    deaf = false
    server.slow()
    await say('b')
    deaf = true
    await say('c')
    deaf = false
    await say('d')
    server.release?.()
    await settle()
    assert.deepEqual(new Set(second.texts), new Set(['a', 'b', 'c', 'd']))
  })

  it('a follower that slept while the lead went to and fro misses nothing', async () => {
    let asleep = false
    const [first, second] = [await tab(), await tab()]
    const third = await tab({ frozen: () => asleep, clock: new FakeClock() })
    await say('a')
    asleep = true
    first.visible.value = false
    await clock.pass(36_000)
    assert.deepEqual(leaders(), [second])
    await say('b')
    second.visible.value = false
    first.visible.value = true
    await clock.pass(36_000)
    assert.deepEqual(leaders(), [first])
    assert.deepEqual(third.texts, ['a'])
    asleep = false
    await say('c')
    assert.deepEqual(third.texts, ['a', 'b', 'c'])
  })

  it('a follower notices within 5 s when what it missed was the last', async () => {
    let deaf = false
    await tab()
    const second = await tab({ frozen: () => deaf })
    deaf = true
    await say('a')
    deaf = false
    await clock.pass(5000)
    assert.deepEqual(second.texts, ['a'])
  })

  it('all take a snapshot when the leader had to', async () => {
    const tabs = [await tab(), await tab()]
    await say('a')
    server.epoch = 'e2'
    server.cut()
    await clock.pass(11_000)
    await say('b')
    await clock.pass(11_000)
    for (const t of tabs) assert.equal(t.snapshots, 1)
    for (const t of tabs) assert.equal(t.texts.at(-1), 'b')
  })
})

describe('a leader that is hidden or frozen (P-10)', () => {
  it('hands over after 30 s hidden, when another tab is visible', async () => {
    const [first, second] = [await tab(), await tab()]
    first.visible.value = false
    await clock.pass(29_000)
    assert.deepEqual(leaders(), [first])
    await clock.pass(7000)
    assert.deepEqual(leaders(), [second])
    await say('a')
    assert.deepEqual([first.texts, second.texts], [['a'], ['a']])
    assert.equal(server.live.size, 1)
  })

  it('stays where no other tab is visible, and leaves as soon as one is', async () => {
    const [first, second] = [await tab(), await tab()]
    first.visible.value = second.visible.value = false
    await clock.pass(120_000)
    assert.deepEqual(leaders(), [first])
    second.visible.value = true
    await clock.pass(10)
    assert.deepEqual(leaders(), [second])
  })

  it('followers that hear nothing for 15 s fetch by themselves, and a visible one leads after 30 s', async () => {
    let frozen = false
    const first = await tab({ frozen: () => frozen })
    const second = await tab()
    frozen = true
    await say('a')
    assert.deepEqual(second.texts, [])
    await clock.pass(21_000)
    assert.deepEqual(second.texts, ['a'])
    assert.equal(second.state, 'live')
    await clock.pass(15_000)
    assert.ok(second.line.leads.value)
    await say('b')
    frozen = false
    await clock.pass(6000)
    assert.deepEqual(leaders(), [second])
    assert.deepEqual(second.texts, ['a', 'b'])
    assert.deepEqual(new Set(first.texts), new Set(['a', 'b']))
  })

  it('a follower that can reach neither says so', async () => {
    let frozen = false
    await tab({ frozen: () => frozen })
    const second = await tab()
    second.visible.value = false
    frozen = true
    server.instead = () => {
      throw new TypeError('no network')
    }
    await clock.pass(25_000)
    assert.equal(second.state, 'connecting')
    assert.ok(second.line.troubledSince.value)
  })
})

describe('without Web Locks, as on plain HTTP (P-10)', () => {
  it('each tab connects for itself, and those beyond the third poll', async () => {
    const tabs = []
    for (let i = 0; i < 5; i++) {
      const t = await tab({ locks: undefined })
      t.line.choose('long-poll')
      tabs.push(t)
      await clock.pass(10)
    }
    assert.deepEqual(tabs.map((t) => t.line.method.value), ['long-poll', 'long-poll', 'long-poll', 'poll', 'poll'])
    assert.equal(leaders().length, 5)
    await say('a')
    await clock.pass(6000)
    for (const t of tabs) assert.deepEqual(t.texts, ['a'])
    tabs[0]?.line.close()
    await clock.pass(10)
    assert.equal(tabs[3]?.line.method.value, 'long-poll')
  })

  it('sockets are not counted, since browsers allow many', async () => {
    for (let i = 0; i < 5; i++) await tab({ locks: undefined })
    assert.deepEqual(open.map((t) => t.line.method.value), Array(5).fill('websocket'))
  })
})

describe('several people in one browser', () => {
  it('nothing of one person reaches another', async () => {
    const ana = await tab()
    const bruno = await tab({ person: 'bruno' })
    ana.line.choose('sse', 60)
    await settle()
    assert.deepEqual([bruno.choice.value, bruno.intervalS.value], ['automatic', 5])
    assert.equal(leaders().length, 2)
    ana.line.close()
    await say('for bruno')
    assert.deepEqual(ana.texts, [])
  })

  it('ends at once when somebody else signs in, or this person out, in another tab (P-11)', async () => {
    for (const leave of [(i: Identity) => i.signedIn('bruno'), (i: Identity) => i.signedOut()]) {
      const identities = [0, 1].map(() => new Identity({ channel: channels.open() }))
      const [mine, other] = identities as [Identity, Identity]
      mine.signedIn('ana')
      other.resumed('ana')
      await settle()
      const t = await tab({ identity: mine })
      leave(other)
      await settle()
      assert.equal(t.state, 'stopped')
      const asked = server.asked.length
      await say('for somebody else')
      await clock.pass(100_000)
      assert.deepEqual(t.texts, [])
      assert.equal(server.asked.length, asked)
    }
  })

  it('all tabs stop when the server has ended the session', async () => {
    const tabs = [await tab(), await tab()]
    server.instead = () => problem(401, 'unauthenticated')
    server.sockets = 'cut'
    server.cut()
    await clock.pass(10_000)
    for (const t of tabs) assert.deepEqual([t.state, t.signedOut], ['stopped', 1])
  })
})

describe('tabs that come, go, freeze and hide as they like', () => {
  for (let seed = 1; seed <= 20; seed++) {
    it(`lose nothing (${seed})`, async () => {
      const random = lcg(seed)
      const frozen = new Map<Tab, { is: boolean }>()
      const from = new Map<Tab, number>()
      for (let i = 0; i < 150; i++) {
        const t = open[Math.floor(random() * open.length)]
        const dice = random()
        if (open.length === 0 || (dice < 0.1 && open.length < 5)) {
          const before = server.version
          const state = { is: false }
          const made = await tab({ frozen: () => state.is })
          frozen.set(made, state)
          from.set(made, before)
        } else if (t && dice < 0.15 && open.length > 1) {
          t.line.close()
          open = open.filter((other) => other !== t)
        } else if (t && dice < 0.25) {
          const state = frozen.get(t)
          if (state) state.is = !state.is
        } else if (t && dice < 0.35) t.visible.value = !t.visible.value
        else if (dice < 0.4) server.cut()
        else if (t && dice < 0.45) t.line.choose(methods[i % 5] ?? 'automatic')
        else server.say(String(server.version + 1))
        await clock.pass(random() < 0.2 ? 20_000 * random() : 200)
      }
      frozen.forEach((state) => (state.is = false))
      await clock.pass(40_000)
      for (const t of open) {
        const since = from.get(t) ?? 0
        const wanted = Array.from({ length: server.version - since }, (_, n) => String(since + n + 1))
        const got = new Set(t.texts)
        assert.deepEqual(wanted.filter((text) => !got.has(text)), [])
      }
      assert.equal(leaders().length, 1)
    })
  }
})

function lcg(seed: number): () => number {
  let state = seed * 2654435761
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}
