import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Backoff } from '../src/core/backoff'
import { uuidv7 } from '../src/core/id'
import { Hearing } from '../src/core/hearing'
import { Ladder } from '../src/core/ladder'

describe('Backoff (B-35)', () => {
  it('grows from 0.5 s to 30 s, with full jitter', () => {
    const highest = new Backoff({ random: () => 0.9999999 })
    const pauses = Array.from({ length: 9 }, () => highest.next())
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
    assert.equal(new Backoff({ random: () => 0 }).next(), 0)
  })

  it('begins anew after 60 s stable only', () => {
    const backoff = new Backoff({ random: () => 0.9999999 })
    for (let i = 0; i < 5; i++) backoff.next()
    backoff.lived(59_999)
    assert.equal(backoff.next(), 16000)
    backoff.lived(60_000)
    assert.equal(backoff.next(), 500)
  })

  it('never comes back before the server asked it to, and adds up to as much again', () => {
    assert.equal(new Backoff({ random: () => 0 }).next(2000), 2000)
    assert.equal(new Backoff({ random: () => 0.9999999 }).next(2000), 4000)
  })
})

describe('Ladder (B-36)', () => {
  it('steps down after two failures within 20 s, and to the end', () => {
    const ladder = new Ladder(0)
    ladder.failure(0, false)
    ladder.failure(20_001, false)
    assert.equal(ladder.method, 'websocket')
    ladder.failure(40_000, false)
    assert.equal(ladder.method, 'sse')
    ladder.failure(41_000, true)
    assert.equal(ladder.method, 'long-poll', 'one that opened and told nothing is enough')
    for (let t = 42_000; t < 50_000; t += 1000) ladder.failure(t, false)
    assert.equal(ladder.method, 'poll')
  })

  it('probes upwards after 5 min', () => {
    const ladder = new Ladder(0)
    assert.equal(ladder.probeIn(0), undefined)
    ladder.failure(1000, true)
    ladder.failure(1000, true)
    assert.equal(ladder.probeIn(61_000), 240_000)
    assert.deepEqual(ladder.better(), ['websocket', 'sse'])
    ladder.probed(301_000, undefined)
    assert.equal(ladder.probeIn(301_000), 300_000)
    ladder.probed(601_000, 'sse')
    assert.equal(ladder.method, 'sse')
  })
})

describe('Hearing', () => {
  it('asks when the head stays beyond what came, and finds a stream deaf that should have told it', () => {
    const hearing = new Hearing()
    hearing.brought(10)
    hearing.head(12, 0)
    assert.ok(!hearing.due(14_999))
    assert.ok(hearing.due(15_000))
    assert.ok(!hearing.asked(undefined), 'it was other people’s')
    hearing.head(12, 16_000)
    assert.ok(!hearing.due(60_000), 'which is settled')
    hearing.head(13, 60_000)
    assert.ok(!hearing.due(89_999), 'the pauses grow')
    assert.ok(hearing.due(90_000))
    assert.ok(!hearing.asked(14), 'newer than the head in doubt: on its way')
    hearing.head(15, 100_000)
    assert.ok(hearing.asked(15))
  })

  it('has no doubt once the stream has caught up', () => {
    const hearing = new Hearing()
    hearing.head(5, 0)
    hearing.brought(5)
    assert.ok(!hearing.due(1_000_000))
  })
})

describe('uuidv7', () => {
  it('makes ids that are well formed, different, and sort in the order made', () => {
    const ids = Array.from({ length: 1000 }, () => uuidv7(1_700_000_000_000))
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(new Set(ids).size, ids.length)
    assert.deepEqual([...ids].sort(), ids)
    assert.equal(parseInt(ids[0]!.replace('-', '').slice(0, 12), 16), 1_700_000_000_000)
  })
})
