import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { use } from '../src/core/i18n'
import { groups } from '../src/ui/kit/qr-card'
import { initials, spanWords, tint } from '../src/ui/kit/marks'

describe('initials', () => {
  const plain = (name: string) => initials(name).replace('\u200c', '')
  for (const [name, letters] of [
    ['Ana Almeida', 'AA'], ['Ana Maria de Almeida', 'AA'], ['Dr. Inês Petrov', 'IP'], ['Élodie', 'É'], ['王秀英', '王'],
    ['(Ana) almeida', 'AA'], ['  Ana   ', 'A'], ['', ''],
    ['👵', ''], ['𝒜na 𐐀b', '𝒜𐐀'], ['مريم حداد', 'مح'],
  ] as const) {
    test(`${name} → ${letters}`, () => assert.equal(plain(name), letters))
  }
  test('two Arabic letters do not join to a word', () => assert.equal(initials('مريم حداد'), 'م\u200cح'))
  test('other letters have nothing between them', () => assert.deepEqual(['王 秀英', '王秀英'].map(initials), ['王秀', '王']))
})

describe('tint', () => {
  const names = Array.from({ length: 600 }, (_, i) => `Person ${i}`)
  test('stays the same for a name, and is 1 to 6', () => {
    for (const name of names) assert.equal(tint(name), tint(name))
    assert.deepEqual([...new Set(names.map(tint))].sort(), [1, 2, 3, 4, 5, 6])
  })
  test('is spread evenly', () => {
    for (let i = 1; i <= 6; i++) {
      const count = names.filter((name) => tint(name) === i).length
      assert.ok(count > 60 && count < 140, `tint ${i}: ${count} of 600`)
    }
  })
})

describe('a span of time in words', () => {
  const spans = (...minutes: number[]) => minutes.map((m) => spanWords(m).replace(/[\u00a0\u202f]/g, ' '))
  test('minutes, hours, days', () => {
    use('de', {})
    assert.deepEqual(spans(0, 42, 60, 72), ['0 Min.', '42 Min.', '1 Std.', '1 Std. 12 Min.'])
    assert.deepEqual(spans(600, 615, 2879, 2880), ['10 Std.', '10 Std.', '47 Std.', '2 Tage'])
  })
  test('in the language of the page', () => {
    use('pt', {})
    assert.deepEqual(spans(42), ['42 min'])
    use('en', {})
  })
})

describe('a code in groups', () => {
  for (const [code, shown] of [['K7QWP3MZA9', 'K7QWP-3MZA9'], ['k7qw p3mz', 'k7qw-p3mz'], ['', '']] as const) {
    test(`${code} → ${shown}`, () => assert.equal(groups(code), shown))
  }
})
