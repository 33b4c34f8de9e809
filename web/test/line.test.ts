import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { methods } from '../src/core/transports/transport'
import { FakeClock, settle } from './fakes/clock'
import { FakeServer, FakeSocket, json, problem } from './fakes/server'
import { Tab } from './fakes/tab'

let clock: FakeClock
let server: FakeServer
let tab: Tab

beforeEach(() => {
  clock = new FakeClock()
  server = new FakeServer()
  tab = new Tab(server, clock)
})

async function start(): Promise<void> {
  tab.line.start()
  await settle()
}

/** Lets time pass with the server's heartbeats. */
async function pass(ms: number): Promise<void> {
  for (let rest = ms; rest > 0; rest -= 10_000) {
    await clock.pass(Math.min(rest, 10_000))
    server.beat()
    await settle()
  }
}

function numbers(n: number): string[] {
  return Array.from({ length: n }, (_, i) => String(i))
}

describe('Line', () => {
  for (const method of methods) {
    it(`brings everything once over ${method}, however often the line is cut (B-35)`, async () => {
      tab.choice.value = method
      await start()
      for (let i = 0; i < 60; i++) {
        server.say(String(i))
        if (i % 7 === 3) server.cut()
        await clock.pass(i % 5 === 0 ? 3000 : 40)
      }
      await clock.pass(40_000)
      assert.deepEqual(tab.texts, numbers(60))
      assert.equal(tab.line.method.value, method)
      assert.equal(tab.snapshots, 0)
      tab.line.close()
      assert.equal(clock.timers, 0)
    })
  }

  it('loses and repeats nothing when the method is changed 200 times during 1,000 messages (B-37)', async () => {
    await start()
    for (let i = 0; i < 1000; i++) {
      server.say(String(i))
      if (i % 5 === 0) tab.line.choose(methods[(i / 5) % 4] ?? 'poll', [2, 5, 10][i % 3])
      await clock.pass(i % 11 === 0 ? 300 : 20)
    }
    await clock.pass(20_000)
    assert.deepEqual(tab.texts, numbers(1000))
    assert.ok(server.live.size <= 1)
  })

  it('changes at once, from the last change applied', async () => {
    await start()
    server.say('a')
    await settle()
    for (const method of ['sse', 'long-poll', 'poll', 'websocket'] as const) {
      tab.line.choose(method)
      assert.equal(tab.line.method.value, method)
      await settle()
      assert.match(server.asked.at(-1) ?? '', /cursor=e1\.1/)
      assert.equal(tab.state, 'live')
    }
    assert.equal(server.live.size, 1, 'the old ones are closed')
  })

  it('keeps its place when only passing signs come', async () => {
    server.say('a')
    await start()
    const typing = { op: 'ephemeral', type: 'typing', person: 'p', conversation: 'c' }
    for (const socket of server.live) (socket as FakeSocket).frame(typing)
    tab.line.choose('sse')
    await settle()
    assert.match(server.asked.at(-1) ?? '', /cursor=e1\.1/)
  })

  it('drops the answer to a plain request when the connection has brought more meanwhile', async () => {
    tab.choice.value = 'websocket'
    server.sockets = 'slow'
    await start()
    server.say('a')
    server.slow()
    await clock.pass(3000)
    server.say('b')
    for (const socket of server.live) (socket as FakeSocket).open()
    await settle()
    server.release?.()
    await settle()
    assert.deepEqual(tab.texts, ['a', 'b'])
    tab.line.choose('sse')
    await settle()
    assert.match(server.asked.at(-1) ?? '', /cursor=e1\.2/)
  })

  it('takes one snapshot, however often it was begun', async () => {
    tab = new Tab(server, clock, { cursor: '' })
    server.slow()
    await start()
    tab.line.choose('poll')
    tab.line.choose('sse')
    server.release?.()
    await settle()
    assert.deepEqual([tab.snapshots, tab.state], [1, 'live'])
  })

  it('begins with a snapshot where there is no cursor, and gets it however long that takes', async () => {
    tab = new Tab(server, clock, { cursor: '' })
    let down = true
    server.instead = () => {
      if (down) throw new TypeError('no network')
      return undefined
    }
    await start()
    await clock.pass(60_000)
    assert.equal(tab.snapshots, 0)
    down = false
    await clock.pass(31_000)
    assert.deepEqual([tab.snapshots, tab.state], [1, 'live'])
  })
})

describe('coming back (B-35)', () => {
  it('waits longer and longer, and says until when', async () => {
    await start()
    server.sockets = 'cut'
    server.instead = () => {
      throw new TypeError('no network')
    }
    server.cut()
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      const { value } = tab.line.state
      assert.ok(value.is === 'waiting')
      waits.push(value.until - clock.now())
      await clock.pass(value.until - clock.now())
    }
    assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000])
    assert.equal(tab.line.method.value, 'websocket', 'a server that can’t be reached is not the method’s fault')
  })

  const ways: [string, (tab: Tab) => void][] = [
    ['on "Try now"', (t) => t.line.tryNow()],
    ['when the page is looked at', (t) => {
      t.visible.value = false
      t.visible.value = true
    }],
    ['when the device is online again', (t) => {
      t.online.value = false
      t.online.value = true
    }],
  ]
  for (const [when, act] of ways) {
    it(`tries at once ${when}`, async () => {
      await start()
      server.cut()
      assert.equal(tab.state, 'waiting')
      server.say('a')
      act(tab)
      await settle()
      assert.deepEqual([tab.state, tab.texts], ['live', ['a']])
    })
  }

  it('notices that the device is offline, and does not quite believe it', async () => {
    await start()
    tab.online.value = false
    assert.equal(tab.state, 'offline')
    assert.equal(server.live.size, 0)
    await clock.pass(29_999)
    assert.equal(tab.state, 'offline')
    await clock.pass(1)
    assert.equal(tab.state, 'live')
  })

  it('knows since when there is trouble', async () => {
    tab.choice.value = 'websocket'
    await start()
    assert.equal(tab.line.troubledSince.value, undefined)
    const cut = clock.now()
    server.sockets = 'cut'
    server.cut()
    await clock.pass(2000)
    assert.equal(tab.line.troubledSince.value, cut)
    server.sockets = 'open'
    await clock.pass(30_000)
    assert.equal(tab.line.troubledSince.value, undefined)
  })

  it('keeps to the pause that the server asked for', async () => {
    await start()
    for (const socket of server.live) (socket as FakeSocket).end(4000, { op: 'bye', code: 'restarting', retry_after_ms: 2000 })
    await clock.pass(2000)
    assert.equal(tab.state, 'waiting')
    await clock.pass(2000)
    assert.equal(tab.state, 'live')
  })

  for (const method of ['websocket', 'sse'] as const) {
    it(`${method}: finds out that the connection is dead after two heartbeats and a little`, async () => {
      tab.choice.value = method
      await start()
      await pass(60_000)
      assert.equal(tab.line.stats.value[method].requests, 1)
      server.deaf = true
      await clock.pass(37_000)
      assert.equal(tab.line.stats.value[method].failures, 0)
      await clock.pass(6000)
      assert.equal(tab.line.stats.value[method].failures, 1)
    })
  }

  it('opens anew when a device wakes up', async () => {
    tab.choice.value = 'sse'
    await start()
    tab.visible.value = false
    await clock.pass(31_000)
    const asked = server.asked.length
    tab.visible.value = true
    await settle()
    assert.equal(server.asked.length, asked + 1)
  })

  it('leaves a stream that keeps something back', async () => {
    tab.choice.value = 'sse'
    await start()
    server.deaf = true
    server.say('kept back')
    await pass(40_000)
    assert.deepEqual(tab.texts, ['kept back'])
    assert.ok(tab.line.stats.value.sse.failures > 0)
  })
})

describe('choosing (B-36)', () => {
  it('steps down where WebSockets are refused, as soon as that is certain', async () => {
    server.sockets = 'cut'
    await start()
    await clock.pass(2000)
    assert.deepEqual([tab.line.method.value, tab.state], ['sse', 'live'])
  })

  it('steps down quickly also after a long time without any network', async () => {
    await start()
    server.instead = () => {
      throw new TypeError('no network')
    }
    server.sockets = 'cut'
    server.cut()
    await clock.pass(300_000)
    assert.equal(tab.line.method.value, 'websocket')
    server.instead = undefined
    tab.line.tryNow()
    await clock.pass(2000)
    assert.deepEqual([tab.line.method.value, tab.state], ['sse', 'live'])
  })

  it('gives up at once a try that began before it was clear', async () => {
    clock.chance = 0
    server.sockets = 'silent'
    await start()
    await clock.pass(9000)
    server.slow()
    await clock.pass(2000)
    assert.equal(tab.line.method.value, 'websocket')
    server.release?.()
    await settle()
    assert.deepEqual([tab.line.method.value, tab.state], ['sse', 'live'])
  })

  it('steps down where they open and tell nothing, and brings messages meanwhile', async () => {
    server.sockets = 'silent'
    await start()
    server.say('a')
    await clock.pass(3500)
    assert.deepEqual(tab.texts, ['a'])
    await clock.pass(8000)
    assert.deepEqual([tab.line.method.value, tab.state], ['sse', 'live'])
  })

  it('goes down to polling where held requests are cut before they bring anything', async () => {
    server.sockets = 'cut'
    server.streams = 'silent'
    await start()
    await clock.pass(15_000)
    assert.equal(tab.line.method.value, 'long-poll')
    await clock.pass(22_000)
    server.hangUp()
    await clock.pass(5000)
    assert.deepEqual([tab.line.method.value, tab.state], ['poll', 'live'])
  })

  it('goes down to polling where nothing else works', async () => {
    server.sockets = 'cut'
    server.streams = 'silent'
    server.instead = (path) => (path.includes('wait=25') ? new Response('<html>', { status: 504 }) : undefined)
    await start()
    await clock.pass(60_000)
    assert.deepEqual([tab.line.method.value, tab.state], ['poll', 'live'])
  })

  it('never leaves a chosen method', async () => {
    tab.choice.value = 'websocket'
    server.sockets = 'cut'
    await start()
    await clock.pass(300_000)
    assert.equal(tab.line.method.value, 'websocket')
    assert.notEqual(tab.state, 'live')
    tab.line.choose('automatic')
    await clock.pass(3000)
    assert.deepEqual([tab.line.method.value, tab.state], ['sse', 'live'])
  })

  it('probes upwards after 5 min, and stays live when that fails', async () => {
    server.sockets = 'cut'
    await start()
    await pass(310_000)
    assert.deepEqual([tab.line.method.value, tab.state], ['sse', 'live'])
    assert.equal(tab.line.stats.value.sse.failures, 0)
    server.sockets = 'open'
    server.say('a')
    await pass(310_000)
    assert.deepEqual([tab.line.method.value, tab.state], ['websocket', 'live'])
    assert.deepEqual(tab.texts, ['a'])
  })

  it('does not blame the method for a guest network’s sign-in page', async () => {
    server.sockets = 'cut'
    server.instead = () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })
    await start()
    await clock.pass(120_000)
    assert.equal(tab.line.method.value, 'websocket')
    server.sockets = 'open'
    server.instead = undefined
    await clock.pass(31_000)
    assert.equal(tab.state, 'live')
  })
})

describe('reset and sign-out', () => {
  for (const method of methods) {
    it(`${method}: takes a snapshot when the cursor can’t be resumed, and goes on from it`, async () => {
      tab.choice.value = method
      await start()
      server.say('old')
      await clock.pass(6000)
      server.epoch = 'e2'
      server.cut()
      server.expire()
      await clock.pass(7000)
      server.say('new')
      await clock.pass(7000)
      assert.equal(tab.snapshots, 1)
      assert.deepEqual(tab.texts, ['old', 'new'])
    })
  }

  it('does not go round and round when resets don’t end', async () => {
    tab.choice.value = 'poll'
    server.instead = (path) => (path.startsWith('/feed') ? problem(410, 'reset') : undefined)
    await start()
    await clock.pass(60_000)
    assert.ok(tab.snapshots < 12, `${tab.snapshots} snapshots in a minute`)
  })

  it('makes the store anew when it fails at a change', async () => {
    let fails = true
    tab = new Tab(server, clock, { apply: () => {
      if (fails) throw new Error('a bug')
    } })
    await start()
    server.say('a')
    await settle()
    assert.equal(tab.snapshots, 1)
    fails = false
    assert.equal(tab.state, 'live')
  })

  it('stops when the session has ended, over each method', async () => {
    for (const method of methods) {
      server = new FakeServer()
      tab = new Tab(server, clock)
      tab.choice.value = method
      await start()
      server.instead = () => problem(401, 'unauthenticated')
      server.sockets = 'silent' // as a socket with a stale cookie
      server.cut()
      server.expire()
      await clock.pass(20_000)
      assert.deepEqual([tab.state, tab.signedOut], ['stopped', 1], method)
      const asked = server.asked.length
      await clock.pass(100_000)
      assert.equal(server.asked.length, asked)
    }
  })
})

describe('figures and the test of all four', () => {
  it('adds up per method', async () => {
    await start()
    server.say('a')
    await settle()
    server.cut()
    await clock.pass(5000)
    tab.line.choose('poll', 2)
    await clock.pass(5000)
    const { websocket, poll, sse } = tab.line.stats.value
    assert.deepEqual([websocket.requests, websocket.reconnects, websocket.failures], [2, 1, 1])
    assert.ok(websocket.received > 0 && websocket.lastMessageAt)
    assert.equal(websocket.connectedSince, undefined)
    assert.ok(poll.requests >= 3 && poll.connectedSince)
    assert.deepEqual(sse, { requests: 0, received: 0, reconnects: 0, failures: 0 })
  })

  it('tries all four beside the live connection, and acknowledges nothing that was not applied', async () => {
    await start()
    server.say('a')
    await settle()
    const [live] = server.live
    const seen: string[] = []
    const testing = tab.line.test((r) => {
      seen.push(r.method)
      server.say(r.method)
    })
    await clock.pass(1000)
    const results = await testing
    assert.deepEqual(seen, [...methods])
    assert.ok(results.every((r) => r.ok && r.latencyMs !== undefined))
    assert.deepEqual([...server.live], [live])
    assert.deepEqual(tab.texts, ['a', ...methods])
    assert.equal(tab.line.stats.value.sse.requests, 0)
  })

  it('says what is wrong with each, within half a minute', async () => {
    await start()
    server.sockets = 'silent'
    server.streams = 'silent'
    server.instead = (path) => (path.includes('events') ? undefined : problem(403, 'forbidden'))
    let done = false
    const testing = tab.line.test(() => {}).finally(() => (done = true))
    await clock.pass(32_000)
    assert.ok(done)
    assert.deepEqual((await testing).map((r) => r.why), ['silent', 'silent', 'refused', 'refused'])
    assert.equal(tab.state, 'live')
  })

  it('a page that is no page is told as unreachable', async () => {
    await start()
    server.instead = () => json({}, 200, 'text/html')
    tab.line.choose('poll')
    await settle()
    const [, , , poll] = await Promise.all([tab.line.test(() => {}), clock.pass(40_000)]).then(([r]) => r)
    assert.equal(poll?.why, 'unreachable')
  })
})
