import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Drafts } from '../src/core/drafts'
import { MemoryKeep, openOutboxKeep, safe, type Keep } from '../src/core/local'
import { Settings } from '../src/core/settings'
import { FakeClock } from './fakes/clock'

const refusing: Keep = {
  get length(): number { throw new Error('SecurityError') },
  key: () => { throw new Error('SecurityError') },
  getItem: () => { throw new Error('SecurityError') },
  setItem: () => { throw new Error('QuotaExceededError') },
  removeItem: () => { throw new Error('SecurityError') },
}

describe('drafts', () => {
  it('B-4 are saved 500 ms after the last key, and shown after blur', async () => {
    const clock = new FakeClock()
    const storage = new MemoryKeep()
    const drafts = new Drafts('me', storage, clock)
    drafts.set('c', 'Did')
    await clock.pass(499)
    drafts.set('c', 'Did she')
    await clock.pass(499)
    assert.equal(storage.length, 0)
    await clock.pass(1)
    assert.equal(storage.getItem('kinward.draft.me.c'), 'Did she')
    assert.equal(drafts.shown.value.get('c'), undefined)
    drafts.saveNow()
    assert.equal(drafts.shown.value.get('c'), 'Did she')
    assert.equal(new Drafts('me', storage, clock).get('c'), 'Did she')
  })

  it('B-4 are saved at once on blur, and removed on send', async () => {
    const clock = new FakeClock()
    const storage = new MemoryKeep()
    const drafts = new Drafts('me', storage, clock)
    drafts.set('c', 'a')
    drafts.saveNow()
    assert.equal(storage.getItem('kinward.draft.me.c'), 'a')
    drafts.set('c', 'ab')
    drafts.clear('c')
    await clock.pass(1000)
    assert.deepEqual([storage.length, drafts.get('c'), drafts.shown.value.size], [0, '', 0])
  })

  it('are one person\'s, and gone when they sign out', () => {
    const storage = new MemoryKeep()
    const mine = new Drafts('me', storage, new FakeClock())
    const other = new Drafts('me2', storage, new FakeClock())
    for (const c of ['c', 'd']) mine.set(c, `mine ${c}`)
    other.set('c', 'other')
    mine.saveNow()
    other.saveNow()
    mine.clearAll()
    assert.deepEqual([mine.get('c'), storage.length], ['', 1])
    assert.equal(new Drafts('me2', storage).shown.value.get('c'), 'other')
  })

  it('work where the browser keeps nothing', () => {
    for (const storage of [undefined, refusing]) {
      const drafts = new Drafts('me', storage, new FakeClock())
      drafts.set('c', 'text')
      drafts.saveNow()
      assert.equal(drafts.get('c'), 'text')
      drafts.clearAll()
      assert.equal(drafts.get('c'), '')
    }
  })
})

describe('settings', () => {
  it('are kept on the device', () => {
    const storage = new MemoryKeep()
    const settings = new Settings(storage)
    settings.theme.value = 'dark'
    settings.language.value = 'ar'
    settings.intervalS.value = 30
    const again = new Settings(storage)
    assert.deepEqual(
      [again.theme.value, again.language.value, again.intervalS.value, again.textSize.value], ['dark', 'ar', 30, 100],
    )
    again.language.value = undefined
    assert.equal(new Settings(storage).language.value, undefined)
  })

  it('never take what does not belong there', () => {
    const storage = new MemoryKeep()
    storage.setItem('kinward.setting.theme', '"pink"')
    storage.setItem('kinward.setting.textSize', '{')
    storage.setItem('kinward.setting.intervalS', '0')
    const settings = new Settings(storage)
    assert.deepEqual([settings.theme.value, settings.textSize.value, settings.intervalS.value], ['system', 100, 5])
  })

  it('work where the browser keeps nothing, and for features of their own', () => {
    const settings = new Settings(refusing)
    settings.sound.value = true
    assert.equal(settings.sound.value, true)
    const visits = settings.kept('visits', 0, (v) => typeof v === 'number')
    visits.value++
    assert.equal(visits.value, 1)
  })
})

describe('local', () => {
  it('a storage that is full goes on in memory', () => {
    const keep = safe({
      ...new MemoryKeep(), length: 0, key: () => null, getItem: () => 'old', setItem: refusing.setItem,
      removeItem: () => undefined,
    })
    assert.equal(keep.getItem('a'), 'old')
    keep.setItem('a', 'new')
    assert.equal(keep.getItem('a'), 'new')
  })

  it('without IndexedDB the outbox is in memory, and says so', async () => {
    assert.equal((await openOutboxKeep()).lasting, false)
  })
})
