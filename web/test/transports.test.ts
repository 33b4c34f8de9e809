import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { signal } from '@preact/signals-core'
import { EventParser } from '../src/core/transports/events'
import { Late } from '../src/core/transports/late'
import { makeTransport } from '../src/core/transports/make'
import { methods, type Failure, type Method, type Transport } from '../src/core/transports/transport'
import { FakeClock, settle } from './fakes/clock'
import { FakeServer, FakeSocket, FakeStream, json, problem } from './fakes/server'

let clock: FakeClock
let server: FakeServer

/** One transport with everything that it told. */
class Run {
  cursor: string
  opened = 0
  texts: string[] = []
  heard = 0
  failures: Failure[] = []
  readonly transport: Transport

  constructor(method: Method, cursor: string, intervalS = 10) {
    this.cursor = cursor
    const o = { api: server.api(clock), clock, intervalS: signal(intervalS), socket: server.socket }
    this.transport = makeTransport(method, o)
  }

  async open(): Promise<this> {
    this.transport.open(this.cursor, {
      opened: () => this.opened++,
      page: (p) => {
        this.texts.push(...p.changes.map((c) => c.message?.text ?? ''))
        this.cursor = p.cursor || this.cursor
      },
      heard: () => this.heard++,
      failed: (why) => this.failures.push(why),
    })
    await settle()
    return this
  }
}

beforeEach(() => {
  clock = new FakeClock()
  server = new FakeServer()
})

for (const method of methods) {
  describe(method, () => {
    it('begins after the cursor and goes on with what comes', async () => {
      for (const text of ['a', 'b', 'c']) server.say(text)
      const run = await new Run(method, server.cursor(1)).open()
      assert.equal(run.opened, 1)
      await clock.pass(1)
      assert.deepEqual(run.texts, ['b', 'c'])
      server.say('d')
      await clock.pass(11_000)
      server.say('e')
      await clock.pass(11_000)
      assert.deepEqual(run.texts, ['b', 'c', 'd', 'e'])
      assert.equal(run.cursor, server.cursor())
      assert.deepEqual(run.failures, [])
    })

    it('tells nothing after it was closed, and leaves nothing running', async () => {
      const run = await new Run(method, server.cursor()).open()
      run.transport.close()
      server.say('late')
      await clock.pass(100_000)
      assert.deepEqual([run.texts, run.failures], [[], []])
      assert.equal(clock.timers, 0)
      assert.equal(server.live.size, 0)
    })

    it('may be closed by what it tells', async () => {
      server.say('a')
      const run = new Run(method, server.cursor(0))
      const told: string[] = []
      run.transport.open(run.cursor, {
        opened: () => told.push('opened'),
        page: () => {
          told.push('page')
          run.transport.close()
        },
        heard: () => told.at(-1) === 'page' && told.push('heard'),
        failed: () => told.push('failed'),
      })
      await clock.pass(100_000)
      assert.deepEqual(told, ['opened', 'page'])
      assert.equal(clock.timers, 0)
    })

    it('fails once when the cursor can’t be resumed', async () => {
      const run = await new Run(method, 'other.7').open()
      assert.deepEqual(run.failures, [{ kind: 'reset' }])
      await clock.pass(100_000)
      assert.equal(run.failures.length, 1)
      assert.equal(clock.timers, 0)
    })

    it('acknowledges what was applied', async () => {
      const run = await new Run(method, server.cursor()).open()
      server.say('a')
      await clock.pass(11_000)
      run.transport.acknowledge(run.cursor)
      await clock.pass(11_000)
      server.expire()
      await clock.pass(11_000)
      assert.ok(server.acked.includes(server.cursor(1)))
    })

    it('counts requests and bytes, and measures the time of an answer', async () => {
      const run = await new Run(method, server.cursor()).open()
      const { requests, received, latencyMs } = run.transport.stats()
      assert.ok(requests >= 1)
      assert.ok(received > 0)
      assert.equal(latencyMs, 0)
    })
  })
}

for (const method of ['sse', 'long-poll', 'poll'] as const) {
  const answers: [string, Response, Failure][] = [
    ['the page of a guest network', new Response('<html>', { headers: { 'Content-Type': 'text/html' } }), { kind: 'lost' }],
    ['a proxy’s own refusal', new Response('<html>', { status: 403 }), { kind: 'lost' }],
    ['a sign-out', problem(401, 'unauthenticated'), { kind: 'unauthenticated' }],
    ['a refusal', problem(403, 'forbidden'), { kind: 'refused' }],
    ['a server that restarts', problem(503, 'unavailable', { 'Retry-After': '2' }), { kind: 'lost', retryAfterMs: 2000 }],
  ]
  for (const [what, answer, failure] of answers) {
    it(`${method}: ${what} is ${failure.kind}`, async () => {
      server.instead = () => answer.clone()
      const run = await new Run(method, server.cursor()).open()
      assert.deepEqual(run.failures, [failure])
      assert.equal(run.opened, 0)
    })
  }
}

describe('websocket', () => {
  const closing: [number, Failure][] = [
    [1006, { kind: 'lost' }], [4001, { kind: 'lost' }], [4410, { kind: 'reset' }], [4499, { kind: 'lost' }],
    [4500, { kind: 'refused' }], [4501, { kind: 'unauthenticated' }], [4999, { kind: 'refused' }],
  ]
  for (const [code, failure] of closing) {
    it(`closed with ${code} is ${failure.kind}`, async () => {
      const run = await new Run('websocket', server.cursor()).open()
      only(FakeSocket).end(code)
      assert.deepEqual(run.failures, [failure])
    })
  }

  it('comes back when the bye says so', async () => {
    const run = await new Run('websocket', server.cursor()).open()
    only(FakeSocket).end(4000, { op: 'bye', code: 'restarting', retry_after_ms: 1500 })
    assert.deepEqual(run.failures, [{ kind: 'lost', retryAfterMs: 1500 }])
  })

  it('acknowledges at most twice a second, the newest', async () => {
    const run = await new Run('websocket', server.cursor()).open()
    for (let i = 0; i < 10; i++) {
      server.say()
      run.transport.acknowledge(run.cursor)
      await clock.pass(100)
    }
    await clock.pass(1000)
    assert.deepEqual(server.acked, [1, 5, 10].map((n) => server.cursor(n)))
  })

  it('does not go on past what it can’t read', async () => {
    const run = await new Run('websocket', server.cursor()).open()
    only(FakeSocket).onmessage?.({ data: '{"op":"chang' })
    assert.deepEqual(run.failures, [{ kind: 'lost' }])
  })

  it('ignores what it doesn’t know and passes on passing signs', async () => {
    const run = await new Run('websocket', server.cursor()).open()
    const before = run.heard
    only(FakeSocket).frame({ op: 'novelty' })
    only(FakeSocket).frame({ op: 'ephemeral', type: 'typing', person: 'p', conversation: 'c' })
    assert.equal(run.heard, before + 2)
    assert.equal(run.cursor, server.cursor())
  })
})

describe('sse', () => {
  it('is not open before the first event has come through', async () => {
    server.streams = 'silent'
    const run = await new Run('sse', server.cursor()).open()
    assert.equal(run.opened, 0)
  })

  it('ends with the server’s bye', async () => {
    const run = await new Run('sse', server.cursor()).open()
    only(FakeStream).event('bye', { op: 'bye', code: 'unauthenticated' })
    await settle()
    assert.deepEqual(run.failures, [{ kind: 'unauthenticated' }])
  })

  it('moves the cursor with a heartbeat, and ignores what it doesn’t know', async () => {
    const run = await new Run('sse', server.cursor()).open()
    only(FakeStream).event('novelty', {})
    only(FakeStream).event('head', { head: 9 }, 'e1.9')
    await settle()
    assert.equal(run.cursor, 'e1.9')
  })

  it('acknowledges every 2 s at most', async () => {
    const run = await new Run('sse', server.cursor()).open()
    for (let i = 0; i < 5; i++) {
      server.say()
      await settle()
      run.transport.acknowledge(run.cursor)
      await clock.pass(500)
    }
    await clock.pass(5000)
    assert.deepEqual(server.acked, [1, 4, 5].map((n) => server.cursor(n)))
  })

  it('reads events however they are cut', () => {
    const text = 'event: page\r\nid: e1.2\r\ndata: {"a":1,\r\ndata: "b":2}\r\n\r\n' +
      ': comment\n\nevent: head\ndata: {}\n\nevent: cut\ndata: x'
    for (const size of [1, 3, 7, 1000]) {
      const parser = new EventParser()
      const events = []
      for (let i = 0; i < text.length; i += size) events.push(...parser.push(text.slice(i, i + size)))
      assert.deepEqual(events, [{ name: 'page', id: 'e1.2', data: '{"a":1,\n"b":2}' }, { name: 'head', id: '', data: '{}' }])
    }
  })
})

describe('poll', () => {
  it('varies its interval by a tenth', async () => {
    for (const [chance, ms] of [[0, 9000], [0.999999, 10_999]] as const) {
      clock.chance = chance
      server.asked = []
      const run = await new Run('poll', server.cursor()).open()
      await clock.pass(ms - 1)
      assert.equal(server.asked.length, 1)
      await clock.pass(2)
      assert.equal(server.asked.length, 2)
      run.transport.close()
    }
  })

  it('reads at once what is ready', async () => {
    for (const text of ['a', 'b']) server.say(text)
    let more = true
    server.instead = () => {
      if (!more) return undefined
      more = false
      return json({ ...server.page('e1.0'), changes: server.changes.slice(0, 1), cursor: 'e1.1', more: true })
    }
    const run = await new Run('poll', 'e1.0').open()
    assert.deepEqual(run.texts, ['a', 'b'])
  })
})

describe('long-poll', () => {
  it('does not ask without pause where a proxy answers held requests at once', async () => {
    server.instead = () => json(server.page(server.cursor()))
    await new Run('long-poll', server.cursor()).open()
    await clock.pass(10_000)
    assert.ok(server.asked.length < 15, `${server.asked.length} requests in 10 s`)
  })
})

describe('a transport whose code is fetched', () => {
  const sink = (failures: Failure[]) => ({ opened() {}, page() {}, heard() {}, failed: (why: Failure) => void failures.push(why) })

  it('counts as lost where the code can’t be fetched, and as nothing once it is closed', async () => {
    const failures: Failure[] = []
    const none = () => Promise.reject(new TypeError('Failed to fetch'))
    new Late('sse', none).open('e1.0', sink(failures))
    const closed = new Late('sse', none)
    closed.open('e1.0', sink(failures))
    closed.close()
    await settle()
    assert.deepEqual(failures, [{ kind: 'lost' }])
  })

  it('does not open any more when it was closed meanwhile', async () => {
    let opened = 0
    const late = new Late('sse', async () => ({ method: 'sse', open: () => opened++, acknowledge() {}, close() {}, stats: () => ({ requests: 1, received: 0 }) }))
    late.open('e1.0', sink([]))
    late.close()
    await settle()
    assert.equal(opened, 0)
  })
})

function only<T>(type: new (...a: never[]) => T): T {
  const [connection] = server.live
  assert.ok(connection instanceof type)
  return connection
}
