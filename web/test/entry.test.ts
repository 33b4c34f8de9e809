import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { birthDate, digits, exampleDate, monthNames, orderOf } from '../src/routes/entry/birth'
import { codeIn, group, strange, tidy } from '../src/routes/entry/code'
import { deviceName } from '../src/routes/settings/device-name'

describe('the code on a card', () => {
  for (const typed of ['K7QWP3MZA9', 'k7qwp-3mza9', ' K7QW P3 MZ A9 ', 'Ｋ７ＱＷＰ３ＭＺＡ９', 'k7qwp–3mza9']) {
    test(`${typed} is taken`, () => assert.equal(tidy(typed), 'K7QWP3MZA9'))
  }
  test('is shown in two groups, and a hyphen never stands at the end, so that deleting never sticks', () => {
    assert.equal(group('k7qwp3mza9'), 'K7QWP-3MZA9')
    assert.equal(group('K7QWP-'), 'K7QWP')
    assert.equal(group('K7QWP-3'), 'K7QWP-3')
    assert.equal(group(''), '')
  })
  test('has none of the signs that are mistaken for each other', () => {
    for (const sign of '01ILO') assert.equal(strange(`K7QWP3MZA${sign}`), true)
    assert.equal(strange('ABCDEFGHJK'), false)
  })
  test('is found in what a camera reads, and only there', () => {
    assert.equal(codeIn('https://chat.example.org/join#K7QWP3MZA9'), 'K7QWP3MZA9')
    assert.equal(codeIn('k7qwp-3mza9'), 'K7QWP3MZA9')
    assert.equal(codeIn('https://chat.example.org/join#%zz'), undefined)
    assert.equal(codeIn('https://elsewhere.example.org/'), undefined)
    assert.equal(codeIn('4006381333931'), undefined)
  })
})

describe('a birth date in three fields', () => {
  const now = new Date('2026-11-21T09:00:00Z')
  test('is put together as the server wants it', () => {
    assert.equal(birthDate('9', 3, '1948', now), '1948-03-09')
    assert.equal(birthDate('29', 2, '2024', now), '2024-02-29')
    assert.equal(birthDate('21', 11, '2026', now), '2026-11-21')
  })
  for (const [why, day, month, year] of [
    ['a day that the month lacks', '31', 4, '1948'], ['no leap year', '29', 2, '1949'],
    ['no day', '', 3, '1948'], ['day 0', '0', 3, '1948'], ['no month', '9', 0, '1948'],
    ['two digits of a year', '9', 3, '48'], ['the future', '9', 3, '2027'], ['too long ago', '9', 3, '1848'],
  ] as const) {
    test(`${why} is asked again`, () => assert.equal(birthDate(day, month, year, now), undefined))
  }
  test('takes the digits of Arabic and of wide keyboards', () => {
    assert.equal(digits('١٩٤٨'), '1948')
    assert.equal(digits('۱۹۴۸'), '1948')
    assert.equal(digits('１９４８年'), '1948')
  })
  test('has its parts in the order of the language', () => {
    assert.deepEqual(orderOf('en-GB'), ['day', 'month', 'year'])
    assert.deepEqual(orderOf('zh-Hans'), ['year', 'month', 'day'])
    for (const tag of ['es', 'ar-u-nu-latn', 'de', 'pt-PT']) assert.equal(orderOf(tag).length, 3)
  })
  test('names twelve months and an example in the calendar of the server', () => {
    assert.equal(monthNames('de')[2], 'März')
    assert.equal(new Set(monthNames('ar-u-nu-latn')).size, 12)
    assert.equal(exampleDate('en-GB'), '9 March 1948')
  })
})

test('devices are named as people call them', () => {
  for (const [told, name] of [
    ['(iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Safari/604.1', 'Safari · iPhone'],
    ['(Windows NT 10.0; Win64; x64) AppleWebKit/537 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0', 'Edge · Windows'],
    ['(X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'Firefox · Linux'],
  ]) assert.equal(deviceName(`Mozilla/5.0 ${told}`), name)
  assert.equal(deviceName('Ward 4 desk'), 'Ward 4 desk')
  assert.equal(deviceName(''), '')
})
