import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { starts } from '../src/core/grouping'
import {
  bestLanguage, choose, direction, explain, isolate, language, languages, listOf, number, t, textOf, use,
} from '../src/core/i18n'
import type { Key } from '../src/core/keys.gen'
import { fields, find, fold, matches, rank } from '../src/core/search'
import { clock, dayLabel, sameDay } from '../src/core/time'
import { calendarDate, duration, fullWhen, shortWhen, waitingText } from '../src/core/when'
import { level, order, waitedMinutes } from '../src/core/waiting'

const now = new Date(2026, 10, 21, 12, 0).getTime()
const at = (...a: [number, number, number, number?, number?]) => new Date(...a).getTime()
const iso = (ms: number) => new Date(ms).toISOString()
const say = t as (key: Key | string, values?: Record<string, string | number>) => string

describe('i18n', () => {
  before(() => choose('en'))

  it('has every language, with its direction', async () => {
    for (const l of languages) {
      await choose(l.code)
      assert.deepEqual([language.value, direction()], [l.code, l.code === 'ar' ? 'rtl' : 'ltr'])
      assert.notEqual(t('core.today'), 'core.today')
    }
    await choose('en')
    assert.equal(t('core.today'), 'Today')
  })

  it('chooses plural forms by the language, and writes numbers in its way', () => {
    use('ar', { 'x.n': { zero: 'z', one: 'o', two: 't', few: 'f {count}', many: 'm {count}', other: 'r {count}' } })
    assert.deepEqual([0, 1, 2, 5, 11, 100].map((count) => say('x.n', { count })), ['z', 'o', 't', 'f 5', 'm 11', 'r 100'])
    use('de', { 'x.n': { one: '{count} Nachricht', other: '{count} Nachrichten' } })
    assert.deepEqual([1, 2, 12345].map((count) => say('x.n', { count })), ['1 Nachricht', '2 Nachrichten', '12.345 Nachrichten'])
    assert.equal(number(1234.5), '1.234,5')
  })

  it('B-47 keeps a name from turning its surroundings round, and leaves plain texts plain', () => {
    use('en', { 'x.w': 'Write to {name} ({bed})' })
    assert.equal(say('x.w', { name: 'Ana', bed: '4-12' }), 'Write to Ana (4-12)')
    assert.equal(say('x.w', { name: 'آنا', bed: '4-12' }), 'Write to \u2068آنا\u2069 (4-12)')
    use('ar', { 'x.w': 'إلى {name}' })
    assert.equal(say('x.w', { name: 'Ana' }), 'إلى \u2068Ana\u2069')
    assert.equal(isolate(isolate('Ana')), '\u2068Ana\u2069')
    assert.equal(listOf(['Ana', 'Rui']), '\u2068Ana\u2069 و\u2068Rui\u2069')
  })

  it('never runs a name as a placeholder, and shows what is missing', () => {
    use('en', { 'x.w': '{name} and {other}' })
    assert.equal(say('x.w', { name: '{other} $&' }), '{other} $& and {other}')
    assert.equal(say('x.none'), 'x.none')
    assert.equal(textOf('x.none'), undefined)
  })

  it('the later of two choices counts', async () => {
    await Promise.all([choose('de'), choose('pt')])
    assert.equal(language.value, 'pt')
  })

  it('finds the best language of a browser', () => {
    assert.deepEqual(
      [['pt-BR', 'en'], ['fr', 'zh-Hant-TW'], ['fr'], [], ['AR_eg']].map(bestLanguage), ['pt', 'zh', 'en', 'en', 'ar'],
    )
  })

  it('explains problems by their code, and unknown ones by their status', async () => {
    await choose('en')
    assert.match(explain({ code: 'unreachable', status: 0 }), /reach/)
    assert.match(explain({ code: 'weather', status: 503 }), /server/)
    assert.match(explain({ code: 'weather', status: 422 }), /did not work/)
  })
})

describe('time', () => {
  before(() => choose('en'))

  it('B-18 names days by the reader\'s calendar', () => {
    assert.equal(dayLabel(iso(at(2026, 10, 21, 0, 1)), now), 'Today')
    assert.equal(dayLabel(iso(at(2026, 10, 20, 23, 59)), now), 'Yesterday')
    assert.equal(dayLabel(iso(at(2026, 10, 18)), now), 'Wednesday 18 November')
    assert.match(dayLabel(iso(at(2025, 10, 18)), now), /^Tuesday,? 18 November 2025$/)
  })

  it('is as short as is clear', () => {
    const ats = [at(2026, 10, 21, 8, 10), at(2026, 10, 20, 8, 10), at(2026, 10, 17), at(2026, 10, 14), at(2025, 10, 3)]
    assert.deepEqual(ats.map((a) => shortWhen(iso(a), now)), ['08:10', 'Yesterday', 'Tue', '14 Nov', '3 Nov 2025'])
    assert.equal(shortWhen(iso(at(2026, 10, 22, 8, 0)), now), '22 Nov', 'a clock that is behind')
  })

  it('writes 24 hours in every language', async () => {
    for (const l of languages) {
      await choose(l.code)
      assert.equal(clock(at(2026, 10, 21, 0, 5)), '00:05', l.code)
      assert.match(fullWhen(at(2026, 10, 21, 17, 5)), /17:05/)
    }
    await choose('en')
  })

  it('a birth date is the same everywhere', () => {
    assert.equal(calendarDate('1948-03-09'), '9 Mar 1948')
    assert.equal(calendarDate(''), '')
  })

  it('counts days, not 24 hours, when the clocks change', () => {
    assert.equal(sameDay(at(2026, 2, 29, 0, 30), at(2026, 2, 29, 23, 30)), true)
    assert.equal(dayLabel(at(2026, 2, 28, 23, 30), at(2026, 2, 30, 0, 10)), 'Saturday 28 March')
  })

  it('says how long somebody waits, and how long things take', () => {
    assert.deepEqual(
      [1, 42, 60, 150, 3000].map(waitingText),
      ['waiting 1 minute', 'waiting 42 minutes', 'waiting 1 hour', 'waiting 2 hours', 'waiting 2 days'],
    )
    assert.match([8_000, 12 * 60_000, 3_600_000 * 3].map(duration).join(), /^8 secs?,12 mins?,3 hrs?$/)
  })
})

describe('grouping', () => {
  const m = (sender: string, minute: number, kind = 'text') => ({ sender, kind, created_at: iso(at(2026, 10, 21, 9, minute)) })

  it('B-18 groups one author within five minutes of one day', () => {
    assert.deepEqual(starts(undefined, m('ana', 0)), { day: true, author: true })
    assert.deepEqual(starts(m('ana', 0), m('ana', 5)), { day: false, author: false })
    assert.deepEqual(starts(m('ana', 0), m('ana', 6)), { day: false, author: true })
    assert.deepEqual(starts(m('ana', 0), m('dr', 1)), { day: false, author: true })
    assert.deepEqual(starts(m('dr', 0), m('dr', 1, 'note')), { day: false, author: true })
    assert.deepEqual(
      starts({ ...m('ana', 0), created_at: iso(at(2026, 10, 20, 23, 59)) }, m('ana', 0)), { day: true, author: true },
    )
  })
})

describe('waiting', () => {
  it('B-29 counts minutes, with two levels', () => {
    const since = (minutes: number) => waitedMinutes({ waiting_since: iso(now - minutes * 60_000) }, now)
    assert.deepEqual([since(0), since(42), since(-3), waitedMinutes({}, now)], [0, 42, 0, undefined])
    assert.deepEqual([undefined, 29, 30, 59, 60].map(level), ['none', 'none', 'amber', 'amber', 'terracotta'])
  })

  it('B-28 orders by waiting, then by the newest message', () => {
    const p = (id: string, waiting_since?: string) => ({ id, ...(waiting_since ? { waiting_since } : {}) })
    const newest: Record<string, string> = { a: '3', b: '5' }
    const rows = [p('d'), p('a'), p('w2', '2026-11-21T09:00:00.000Z'), p('b'), p('w1', '2026-11-21T08:00:00.000Z'), p('c')]
    assert.deepEqual(order(rows, (r) => newest[r.id]).map((r) => r.id), ['w1', 'w2', 'b', 'a', 'c', 'd'])
  })
})

describe('search', () => {
  const rosa = fields(['Rosa Almeida'], ['4-12', 'Ward 4', 'MRN-00731', undefined])

  it('B-30 finds name parts in any order, without accents and case, and beds and numbers', () => {
    for (const query of ['ro', 'alm rosa', 'ROSA', '4-12', 'mrn-007', 'rosa 4-1', '']) assert.ok(matches(query, rosa), query)
    for (const query of ['osa', 'rosa x', '12']) assert.equal(matches(query, rosa), false, query)
    assert.ok(matches('novak', fields(['Jan Novák'])))
    assert.ok(matches('Groß', fields(['Anna Gross'])))
    assert.ok(matches('søren', fields(['Soren Kjær'])) && matches('kjaer', fields(['Soren Kjær'])))
    assert.equal(fold('İpek ŁUKASZ'), 'ipek lukasz')
  })

  it('finds parts of double names, and Chinese names by their middle', () => {
    for (const query of ['marie', 'anne-marie', "o'brien", 'brien']) assert.ok(
      matches(query, fields(["Anne-Marie O'Brien"])), query,
    )
    assert.ok(matches('小明', fields(['王小明'])))
  })

  it('puts the best first', () => {
    const people = ['Maria Ana', 'Anabela Cruz', 'Ana Silva'].map((name) => ({ name, f: fields([name]) }))
    assert.deepEqual(find('ana', people, (p) => p.f).map((p) => p.name), ['Ana Silva', 'Maria Ana', 'Anabela Cruz'])
    assert.ok(rank('4-12', rosa) > rank('4-1', rosa))
    assert.equal(find('', people, (p) => p.f, 2).length, 2)
  })

  it('B-30 searches 1,000 patients within a key', () => {
    const all = Array.from(
      { length: 1000 }, (_, i) => fields([`Person Nummer${i} Familie${i % 37}`], [`${i % 20}-${i % 30}`, `MRN-${i}`]),
    )
    const begun = process.cpuUsage()
    for (const query of ['f', 'fam', 'nummer99', 'fam person 4-']) find(query, all, (f) => f)
    const { user } = process.cpuUsage(begun)
    assert.ok(user / 4 < 50_000, `${user / 4000} ms for a key`)
  })
})
