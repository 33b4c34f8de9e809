import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noLine, Reading, unreadStep, type UnreadEvent, type UnreadState } from '../src/core/unread'
import { FakeClock } from './fakes/clock'

const play = (events: UnreadEvent[], from: UnreadState = noLine) => events.reduce(unreadStep, from)
const message = (seq: number, more: Partial<{ own: boolean; attended: boolean }> = {}): UnreadEvent => ({
  is: 'message', seq, own: false, attended: false, ...more,
})
const looked = (lineInView: boolean, atEnd: boolean, attentive = true): UnreadEvent => ({
  is: 'looked', attentive, lineInView, atEnd,
})
const opened: UnreadEvent = { is: 'opened', read: 10, lastSeq: 12 }

describe('unread line', () => {
  it('B-19 stands above the first unread message', () => {
    assert.deepEqual(play([opened]).line, { seq: 11, count: 2 })
    assert.equal(play([{ is: 'opened', read: 12, lastSeq: 12 }]).line, undefined)
  })

  it('B-20 does not move while one looks on', () => {
    assert.deepEqual(play([opened, looked(true, true), message(13, { attended: true })]).line, { seq: 11, count: 2 })
    assert.equal(play([message(13, { attended: true })]).line, undefined)
  })

  it('B-20 sending removes it', () => {
    assert.equal(play([opened, message(13, { own: true })]), noLine)
  })

  it('B-20 what comes while hidden or scrolled up sets it anew if it was passed', () => {
    assert.deepEqual(play([opened, looked(true, true), message(13), message(14)]).line, { seq: 13, count: 2 })
    assert.deepEqual(play([message(13), message(14)]).line, { seq: 13, count: 2 })
  })

  it('B-20 and counts on if it was not', () => {
    assert.deepEqual(play([opened, message(13)]).line, { seq: 11, count: 3 }, 'never seen')
    assert.deepEqual(play([opened, looked(true, false), message(13)]).line, { seq: 11, count: 3 }, 'seen, never at the end')
    assert.deepEqual(play([opened, looked(true, true, false), message(13)]).line, { seq: 11, count: 3 }, 'nobody looked')
    assert.deepEqual(play([opened, looked(false, true), message(13)]).line, { seq: 11, count: 3 }, 'jumped over')
  })

  it('B-20 goes once seen and the reader is back at the end, but not under the eyes', () => {
    assert.deepEqual(play([opened, looked(true, true)]).line, { seq: 11, count: 2 })
    assert.equal(play([opened, looked(true, false), looked(false, true)]).line, undefined)
    assert.ok(play([opened, looked(false, true)]).line, 'not seen')
  })

  it('a message that is told twice changes nothing', () => {
    const s = play([message(13), message(14)])
    assert.equal(unreadStep(s, message(14)), s)
  })
})

describe('B-21 reading', () => {
  function reading(from = 0) {
    const clock = new FakeClock()
    const told: number[] = []
    return { clock, told, r: new Reading(from, (seq) => told.push(seq), clock) }
  }

  it('takes 500 ms in view of somebody who looks', async () => {
    const { clock, told, r } = reading()
    r.show(1)
    await clock.pass(1_000)
    assert.deepEqual(told, [])
    r.attend(true)
    await clock.pass(499)
    r.show(2)
    await clock.pass(1)
    assert.deepEqual(told, [1])
    await clock.pass(499)
    assert.deepEqual(told, [1, 2])
  })

  it('begins anew when the message or the attention goes', async () => {
    const { clock, told, r } = reading()
    r.attend(true)
    r.show(1)
    await clock.pass(400)
    r.hide(1)
    await clock.pass(400)
    r.show(1)
    await clock.pass(400)
    r.attend(false)
    await clock.pass(1_000)
    assert.deepEqual(told, [])
    r.attend(true)
    await clock.pass(500)
    assert.deepEqual(told, [1])
  })

  it('only rises, and begins at the own mark', async () => {
    const { clock, told, r } = reading(5)
    r.attend(true)
    for (const seq of [3, 5, 9, 7]) r.show(seq)
    await clock.pass(500)
    assert.deepEqual(told, [9])
  })

  it('stops', async () => {
    const { clock, told, r } = reading()
    r.attend(true)
    r.show(1)
    r.close()
    await clock.pass(1_000)
    assert.deepEqual([told, clock.timers], [[], 0])
  })
})
