import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../src/core/clock'
import { MemoryKeep } from '../src/core/local'
import { idleMs, IdleLock } from '../src/routes/entry/idle'

/** A clock that is moved by hand and runs what has become due. */
class Hands implements Clock {
  private at = 1_000_000
  private timers: { due: number; f: () => void }[] = []
  now = () => this.at
  random = () => 0
  after = (ms: number, f: () => void) => {
    const timer = { due: this.at + ms, f }
    this.timers.push(timer)
    return () => { this.timers = this.timers.filter((other) => other !== timer) }
  }
  pass(ms: number): void {
    const end = this.at + ms
    for (;;) {
      const [next] = this.timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)
      if (!next) break
      this.at = Math.max(this.at, next.due)
      this.timers = this.timers.filter((timer) => timer !== next)
      next.f()
    }
    this.at = end
  }
  /** The computer sleeps: time passes and no timer runs. */
  sleep(ms: number): void {
    this.at += ms
  }
}

function setup() {
  const keep = new MemoryKeep()
  const clock = new Hands()
  const tab = () => {
    const page = Object.assign(new EventTarget(), { document: new EventTarget() })
    const lock = new IdleLock(keep, clock, page as never)
    const use = (sign = 'pointermove') => page.dispatchEvent(new Event(sign))
    return { lock, use, hear: () => page.dispatchEvent(new Event('storage')) }
  }
  return { keep, clock, tab }
}

test('B-49 ten minutes without a touch lock the screen, and not a second less', () => {
  const { clock, tab } = setup()
  const { lock } = tab()
  lock.begin('silva', true)
  clock.pass(idleMs - 1000)
  assert.equal(lock.locked.value, false)
  clock.pass(1000)
  assert.equal(lock.locked.value, true)
})

test('B-49 use puts it off; the use of another tab does too', () => {
  const { clock, tab } = setup()
  const a = tab()
  const b = tab()
  a.lock.begin('silva', true)
  b.lock.begin('silva', false)
  for (let i = 0; i < 5; i++) {
    clock.pass(idleMs / 2)
    a.use()
  }
  assert.equal(a.lock.locked.value, false)
  assert.equal(b.lock.locked.value, false)
})

test('B-49 one tab locks all, and unlocking one unlocks all', () => {
  const { tab } = setup()
  const a = tab()
  const b = tab()
  a.lock.begin('silva', true)
  b.lock.begin('silva', false)
  a.lock.lock()
  b.hear()
  assert.equal(b.lock.locked.value, true)
  b.lock.unlock()
  a.hear()
  assert.equal(a.lock.locked.value, false)
})

test('B-49 a computer that slept is locked before the touch that wakes it counts', () => {
  const { clock, tab } = setup()
  const { lock, use } = tab()
  lock.begin('silva', true)
  clock.sleep(idleMs + 1)
  use('keydown')
  assert.equal(lock.locked.value, true)
})

test('B-49 a page that is opened the next day, and one that was locked, begin locked', () => {
  const { clock, tab } = setup()
  const first = tab()
  first.lock.begin('silva', true)
  first.lock.end()
  clock.pass(24 * 3_600_000)
  const next = tab()
  next.lock.begin('silva', false)
  assert.equal(next.lock.locked.value, true)
  next.lock.unlock()
  next.lock.lock()
  next.lock.end()
  const again = tab()
  again.lock.begin('silva', false)
  assert.equal(again.lock.locked.value, true)
})

test('B-49 a lock is one person’s: the next one who signs in is not locked out by it', () => {
  const { tab } = setup()
  const a = tab()
  a.lock.begin('silva', true)
  a.lock.lock()
  a.lock.end()
  const b = tab()
  b.lock.begin('okafor', true)
  assert.equal(b.lock.locked.value, false)
  b.lock.end()
  b.lock.lock()
  assert.equal(b.lock.locked.value, false)
})

test('B-49 touching a locked screen does not unlock it', () => {
  const { clock, tab } = setup()
  const { lock, use } = tab()
  lock.begin('silva', true)
  lock.lock()
  clock.pass(60_000)
  use('keydown')
  assert.equal(lock.locked.value, true)
})
