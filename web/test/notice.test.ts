import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signal } from '@preact/signals-core'
import type { Clock } from '../src/core/clock'
import type { Outgoing } from '../src/core/outbox'
import type { Message } from '../src/core/wire.gen'
import { watchTrouble, type Watched } from '../src/ui/connection/notice'

class TestClock implements Clock {
  time = 1_000_000
  private waiting: { at: number; f: () => void }[] = []
  now() { return this.time }
  random() { return 0 }

  after(ms: number, f: () => void) {
    const timer = { at: this.time + ms, f }
    this.waiting.push(timer)
    return () => { this.waiting = this.waiting.filter((w) => w !== timer) }
  }

  pass(ms: number) {
    const end = this.time + ms
    for (;;) {
      const next = this.waiting.filter((w) => w.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.waiting = this.waiting.filter((w) => w !== next)
      this.time = next.at
      next.f()
    }
    this.time = end
  }
}

function scene() {
  const clock = new TestClock()
  const troubledSince = signal<number | undefined>(undefined)
  const items = signal<readonly Outgoing[]>([])
  const told = new Set<(m: Message) => void>()
  const onSent = (f: (m: Message) => void) => {
    told.add(f)
    return () => told.delete(f)
  }
  const { notice, stop } = watchTrouble({ line: { troubledSince }, outbox: { items, onSent } as Watched['outbox'] }, clock)
  return {
    clock, notice, stop,
    cut: () => { troubledSince.value = clock.now() },
    mend: () => { troubledSince.value = undefined },
    write: (id: string, state: Outgoing['state'] = 'waiting') => { items.value = [...items.value, { id, state } as Outgoing] },
    send: (id: string) => {
      items.value = items.value.filter((o) => o.id !== id)
      for (const f of told) f({ id } as Message)
    },
  }
}

describe('B-34 the bar', () => {
  it('says nothing of a blip', () => {
    const s = scene()
    s.cut()
    s.clock.pass(2900)
    s.mend()
    s.clock.pass(10_000)
    assert.deepEqual(s.notice.value, { is: 'none' })
  })

  it('comes after 3 s, says what was sent since, and goes', () => {
    const s = scene()
    s.write('a')
    s.cut()
    s.clock.pass(3000)
    assert.deepEqual(s.notice.value, { is: 'trouble' })
    s.write('b')
    s.clock.pass(60_000)
    s.mend()
    assert.deepEqual(s.notice.value, { is: 'back', sent: 0, settled: false })
    s.send('a')
    s.clock.pass(400)
    s.send('b')
    assert.deepEqual(s.notice.value, { is: 'back', sent: 2, settled: false })
    s.clock.pass(400)
    assert.deepEqual(s.notice.value, { is: 'back', sent: 2, settled: true })
    s.clock.pass(6000)
    assert.deepEqual(s.notice.value, { is: 'none' })
  })

  it('does not count what was written afterwards, and does not wait for what was refused', () => {
    const s = scene()
    s.cut()
    s.clock.pass(3000)
    s.write('refused', 'failed')
    s.mend()
    s.write('later')
    s.send('later')
    s.clock.pass(400)
    assert.deepEqual(s.notice.value, { is: 'back', sent: 0, settled: true })
  })

  it('counts what got through while there was still trouble', () => {
    const s = scene()
    s.write('a')
    s.cut()
    s.clock.pass(4000)
    s.send('a')
    s.mend()
    s.clock.pass(400)
    assert.deepEqual(s.notice.value, { is: 'back', sent: 1, settled: true })
  })

  it('gives up waiting for the outbox after 3 s', () => {
    const s = scene()
    s.write('a')
    s.cut()
    s.clock.pass(4000)
    s.mend()
    s.clock.pass(3000)
    assert.deepEqual(s.notice.value, { is: 'back', sent: 0, settled: true })
  })

  it('goes although a blip came while it said that all is well', () => {
    const s = scene()
    s.cut()
    s.clock.pass(3000)
    s.mend()
    s.clock.pass(1000)
    s.cut()
    s.clock.pass(1000)
    s.mend()
    s.clock.pass(6000)
    assert.deepEqual(s.notice.value, { is: 'none' })
  })

  it('leaves nothing behind when it stops', () => {
    const s = scene()
    s.cut()
    s.stop()
    s.clock.pass(10_000)
    assert.deepEqual(s.notice.value, { is: 'none' })
  })
})
