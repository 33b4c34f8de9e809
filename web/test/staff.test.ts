import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { use } from '../src/core/i18n'
import type { Message, Patient, Relative, TeamMember } from '../src/core/wire.gen'
import texts from '../src/locales/en/staff.json'
import core from '../src/locales/en/core.json'
import { guardOf, refusal } from '../src/ui/staff/guard'
import { fits, neighbour, queryOf, sorted, steady, viewOf, type Row } from '../src/ui/staff/order'
import { namesakes } from '../src/ui/staff/talks'
import { age, birthDate, recordNumber, relatives, teamRows, word } from '../src/ui/staff/words'

use('en', { ...core, ...texts })

const now = Date.parse('2026-11-21T09:00:00Z')

function patient(change: Partial<Patient> = {}): Patient {
  return {
    id: 'p1', name: 'Rosa Almeida', birth_date: '1948-03-09', sex: 'female', ward: '4', room: '12', bed: '4-12',
    status: 'in-progress', conversation: 'c1', unread: 0, identifiers: [], family: [], team: [], ...change,
  }
}

function row(id: string, name: string, change: Partial<Patient> = {}, last?: string): Row {
  const p = patient({ id, name, ...change })
  return { patient: p, last: last ? { created_at: last } as Message : undefined, unread: p.unread }
}

function link(name: string, state: string, relationship = 'daughter'): Relative {
  return { link: `${name} ${state}`, name, relationship, state }
}

describe('order of the inbox', () => {
  const rows = [
    row('a', 'Jan Novák', { bed: '4-3' }, '2026-11-21T08:10:00.000Z'),
    row('b', 'Rosa Almeida', { bed: '4-12', waiting_since: '2026-11-21T08:18:00.000Z' }, '2026-11-21T08:18:00.000Z'),
    row('c', 'Mariam Haddad', { bed: '4-7' }, '2026-11-20T08:10:00.000Z'),
    row('d', 'Wei Chen', { bed: '5-1', ward: '5', waiting_since: '2026-11-21T07:00:00.000Z' }, '2026-11-21T07:00:00.000Z'),
    row('e', 'Abe Ost', { bed: '4-1' }),
  ]
  const ids = (sort: Parameters<typeof sorted>[1]) => sorted(rows, sort, 'en').map((r) => r.patient.id).join('')

  test('B-28 longest waiting first, then newest', () => assert.equal(ids('waiting'), 'dbace'))
  test('newest first', () => assert.equal(ids('newest'), 'badce'))
  test('by name', () => assert.equal(ids('name'), 'eacbd'))
  test('by bed, numbers as numbers', () => assert.equal(ids('bed'), 'eacbd'))

  test('B-28 a held list keeps its order, loses who went, and waits with who came', () => {
    assert.deepEqual(steady(['a', 'b', 'c'], ['a', 'b', 'c']), { order: ['a', 'b', 'c'], changed: false })
    assert.deepEqual(steady(['a', 'b', 'c'], ['c', 'a', 'b']), { order: ['a', 'b', 'c'], changed: true })
    assert.deepEqual(steady(['a', 'b', 'c'], ['a', 'c']), { order: ['a', 'c'], changed: false })
    assert.deepEqual(steady(['a', 'b'], ['d', 'a', 'b']), { order: ['a', 'b'], changed: true })
  })

  test('chips', () => {
    const fit = (r: Row, show: Parameters<typeof fits>[1], ward = '') => fits(r, show, ward, 'me', now)
    assert.equal(rows.filter((r) => fit(r, 'waiting')).length, 2)
    assert.equal(rows.filter((r) => fit(r, '', '5')).length, 1)
    assert.ok(fit(row('f', 'F', { unread: 2 }), 'unread'))
    assert.ok(fit(row('f', 'F', { status: 'finished' }), 'ended'))
    assert.ok(fit(row('f', 'F', { team: [{ assignment: 'x', person: 'me', name: 'Me', role: 'nurse' }] }), 'mine'))
    assert.ok(!fit(row('f', 'F'), 'mine'))
  })

  test('S-1 the choice stands in the address', () => {
    for (const q of ['', '?show=waiting', '?show=unread&ward=Ward+4&sort=bed']) {
      assert.equal(queryOf(viewOf(Object.fromEntries(new URLSearchParams(q)))), q)
    }
    assert.equal(queryOf(viewOf({ show: 'everything', sort: 'fate' })), '')
  })

  test('B-32 stepping', () => {
    assert.equal(neighbour(['a', 'b', 'c'], 'b', 1), 'c')
    assert.equal(neighbour(['a', 'b', 'c'], 'a', -1), undefined)
    assert.equal(neighbour(['a', 'b', 'c'], undefined, 1), 'a')
    assert.equal(neighbour(['a', 'b', 'c'], 'gone', -1), 'c')
    assert.equal(neighbour([], 'a', 1), undefined)
  })
})

describe('words about patients', () => {
  test('birth dates of any precision', () => {
    assert.equal(birthDate('1948-03-09'), '9 Mar 1948')
    assert.equal(birthDate('1948-03'), 'Mar 1948')
    assert.equal(birthDate('1948'), '1948')
    assert.equal(birthDate(''), '')
    assert.equal(birthDate('unknown'), '')
  })

  test('age changes on the birthday', () => {
    const at = (day: string) => new Date(`${day}T12:00:00`).getTime()
    assert.equal(age('1948-11-22', at('2026-11-21')), '77 years')
    assert.equal(age('1948-11-21', at('2026-11-21')), '78 years')
    assert.equal(age('2026-05-30', at('2026-11-21')), '5 months')
    assert.equal(age('2026-11-20', at('2026-11-21')), '1 day')
    assert.equal(age('2027-01-01', at('2026-11-21')), '')
    assert.equal(age('1948', at('2026-11-21')), '')
  })

  test('the record number is the hospital\'s, never that of a passport or an insurance', () => {
    const identifiers = [
      { system: 'http://hl7.org/fhir/sid/us-ssn', value: '999-22-1962' },
      { system: 'urn:oid:2.16.840.1.113883.4.3.25', value: 'S99942380' },
      { system: 'https://example.org/passportNumber', value: 'X45815551X' },
      { system: 'urn:hospital:visit', value: 'V-1' },
      { system: 'urn:hospital:mrn', value: 'DEMO-0001' },
    ]
    assert.equal(recordNumber(patient({ identifiers })), 'DEMO-0001')
    assert.equal(recordNumber(patient({ identifiers: identifiers.slice(0, 3) })), '')
  })

  test('a word that is new stands as it came', () => {
    assert.equal(word('relationship', 'daughter'), 'daughter')
    assert.equal(word('relationship', 'godmother'), 'godmother')
  })

  test('relatives: who reads first, and nobody twice', () => {
    const family = [
      link('Ana', 'candidate'), link('Rui', 'revoked'), link('Paulo', 'invited', 'son'), link('ana ', 'active'),
      link('Eva', 'candidate'),
    ]
    const shown = relatives(patient({ family })).map((r) => `${r.name} ${r.state}`)
    assert.deepEqual(shown, ['ana  active', 'Paulo invited', 'Eva candidate', 'Rui revoked'])
  })

  test('one row per colleague and role', () => {
    const member = (assignment: string, person: string, role: string): TeamMember => ({ assignment, person, name: person, role })
    const rows = teamRows([
      member('1', 'eva', 'nurse'), member('2', 'eva', 'nurse'), member('3', 'eva', 'other'), member('4', 'max', 'nurse'),
    ])
    assert.deepEqual(rows.map((r) => r.assignments.join()), ['1,2', '3', '4'])
  })

  test('N3 namesakes', () => {
    const p = (id: string, name: string, role: string) => ({ id, kind: 'staff', name, role })
    const found = namesakes([p('1', 'Eva', 'nurse'), p('2', 'Eva', 'nurse'), p('3', 'Eva', 'resident'), p('1', 'Eva', 'nurse')])
    assert.deepEqual(found.map((x) => x.id), ['1', '2', '1'])
  })
})

describe('W14 the right family', () => {
  test('names, relationships, patient, bed and birth date stand above the box', () => {
    const p = patient({
      family: [link('Ana', 'active'), link('Paulo', 'active', 'son'), link('Eva', 'invited')],
      identifiers: [{ system: 'mrn', value: 'DEMO-0001' }],
    })
    const { patientLine, confirmText, asking } = guardOf(p)
    for (const part of ['Ana (daughter)', 'Paulo (son)', 'Rosa Almeida', '4-12', '9 Mar 1948', 'DEMO-0001']) {
      assert.ok(patientLine.includes(part), part)
      assert.ok(confirmText.includes(part), part)
    }
    assert.ok(!patientLine.includes('Eva'))
    assert.ok(asking)
  })

  test('with nobody there but invited, the question says so; with nobody at all, nothing is sent', () => {
    const invited = patient({ family: [link('Eva', 'invited')] })
    assert.ok(guardOf(invited).confirmText.startsWith('Nobody has joined yet. Eva (daughter)'))
    assert.equal(refusal(invited), undefined)
    assert.ok(refusal(patient({ family: [link('Eva', 'candidate'), link('Ana', 'revoked')] })))
  })
})
