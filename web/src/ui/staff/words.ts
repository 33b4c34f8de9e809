import { isolate, listOf, tag, t, textOf } from '../../core/i18n'
import type { Identifier, Patient, Relative, TeamMember } from '../../core/wire.gen'

/** The groups of words that the contract fixes; each has its words in the catalogue as staff.<group>.<word>. */
export type Group = 'relationship' | 'role' | 'basis' | 'link' | 'stay' | 'sex'

export const relationships = ['spouse', 'partner', 'mother', 'father', 'parent', 'daughter', 'son', 'child', 'sister', 'brother',
  'sibling', 'grandparent', 'grandchild', 'guardian', 'friend', 'neighbour', 'other'] as const
export const roles = ['attending', 'resident', 'nurse', 'coordinator', 'interpreter', 'other'] as const
export const bases = ['agreed', 'did_not_object', 'incapacitated', 'guardian', 'attorney', 'court'] as const

// Each in full, so that the build sees which texts keep their names.
const named: Record<Group, (value: string) => string> = {
  relationship: (v) => `staff.relationship.${v}`,
  role: (v) => `staff.role.${v}`,
  basis: (v) => `staff.basis.${v}`,
  link: (v) => `staff.link.${v}`,
  stay: (v) => `staff.stay.${v}`,
  sex: (v) => `staff.sex.${v}`,
}

/** A word of the contract in the reader's language; a word that is new to this client stands as it came. */
export function word(group: Group, value: string): string {
  return textOf(named[group](value)) ?? value
}

/** With a capital at its beginning, as an entry of a list of choices. */
export function capital(text: string): string {
  const [first = ''] = text
  return first.toLocaleUpperCase(tag()) + text.slice(first.length)
}

const lists = new Map<string, Intl.ListFormat>() // by language: making one takes far longer than using it

/** Joins facts as the language does, without an "and". */
export function facts(...parts: readonly (string | undefined | false)[]): string {
  const there = parts.filter((part): part is string => Boolean(part))
  const list = lists.get(tag()) ?? new Intl.ListFormat(tag(), { type: 'unit', style: 'short' })
  lists.set(tag(), list)
  return list.format(there.map(isolate))
}

/** "Ana (daughter)". */
export function relative(r: Relative): string {
  return r.relationship ? t('staff.relative', { name: r.name, relationship: word('relationship', r.relationship) }) : r.name
}

/**
 * Where the patient lies, as short as it can be told: the bed, else the room, else the ward; '' where none is known. A bed
 * that is only told apart within its room, as "C", is told with it: "8-C".
 */
export function place(p: Patient): string {
  const withRoom = p.bed && p.room && p.bed.length < 3 && p.room.length < 8 && !p.bed.includes(p.room)
  return withRoom ? `${p.room}-${p.bed}` : p.bed || p.room || p.ward
}

/** "bed 4-12", or the room or ward as it is named. */
export function bed(p: Patient): string {
  return p.bed ? t('staff.bed_at', { bed: place(p) }) : place(p)
}

/** A FHIR date (a year, a month or a day) in the reader's words; '' for anything else. */
export function birthDate(date: string): string {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(date) ?? []
  if (!year) return ''
  const at = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1))
  const shape: Intl.DateTimeFormatOptions = { year: 'numeric', timeZone: 'UTC', calendar: 'gregory' }
  if (month) shape.month = 'short'
  if (day) shape.day = 'numeric'
  return new Intl.DateTimeFormat(tag(), shape).format(at)
}

/** How old somebody is: "78 years", below two years in months, below two months in days; '' where the day is not known. */
export function age(date: string, now: number): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date)
  if (!parts) return ''
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number]
  const today = new Date(now)
  let months = (today.getFullYear() - year) * 12 + today.getMonth() + 1 - month
  if (today.getDate() < day) months--
  if (months < 0) return ''
  if (months >= 24) return units(Math.floor(months / 12), 'year')
  if (months >= 2) return units(months, 'month')
  const midnight = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate())
  return units(Math.round((midnight - Date.UTC(year, month - 1, day)) / 86_400_000), 'day')
}

function units(count: number, unit: 'year' | 'month' | 'day'): string {
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}

/** "born 9 Mar 1948", or that the date is missing. */
export function born(p: Patient): string {
  const date = birthDate(p.birth_date)
  return date ? t('staff.born', { date }) : t('staff.no_birth')
}

/** A longer one is a machine's, not one that is told at a bedside. */
const LONGEST = 20
// Numbers by which the ward does not know a patient; they are told among the details only.
const personal = /ssn|social|licen[cs]e|driver|passport|4\.3\.25$|insur|urn:oid:2\.16\.840\.1\.113883\.4\.(?!6\b)/i
const records = /mrn|medical.?record|patient|pid\b/i
const passing = /visit|encounter|account|case/i

/** The number under which the ward knows the patient. The contract does not say which one that is: the systems' names decide. */
export function recordNumber(p: Patient): string {
  const known = (p.identifiers ?? []).filter((i) => !personal.test(i.system) && i.value.length <= LONGEST)
  const best = known.find((i) => records.test(i.system)) ?? known.find((i) => !passing.test(i.system)) ?? known[0]
  return best?.value ?? ''
}

/** A system's name without its address: "urn:hospital:mrn" is "mrn". */
export function systemName(i: Identifier): string {
  const name = i.system.split(/[/:#]/).filter(Boolean).pop() ?? i.system
  return name.length < 5 ? name.toUpperCase() : name
}

/**
 * The relatives to show: who reads first, then who is invited, the others after; somebody whom the record names is left out
 * where a newer link tells of the same person.
 */
export function relatives(p: Patient): Relative[] {
  const all = p.family ?? []
  const same = (a: Relative, b: Relative) => a.name.trim().toLowerCase() === b.name.trim().toLowerCase()
  const order = ['active', 'invited', 'candidate', 'revoked', 'ended']
  const rank = (r: Relative) => order.indexOf(r.state)
  return all
    .filter((r) => r.state !== 'candidate' || !all.some((o) => o !== r && o.state !== 'candidate' && same(o, r)))
    .sort((a, b) => rank(a) - rank(b))
}

/** Whom a message to this family reaches: those who read, else those who are invited and will. */
export function readers(p: Patient): { reading: Relative[]; invited: Relative[] } {
  const all = relatives(p)
  return { reading: all.filter((r) => r.state === 'active'), invited: all.filter((r) => r.state === 'invited') }
}

/** One row per person and role: an imported stay and a care team may both say the same. */
export interface TeamRow {
  person: string
  name: string
  role: string
  assignments: string[]
}

export function teamRows(team: readonly TeamMember[]): TeamRow[] {
  const rows = new Map<string, TeamRow>()
  for (const m of team) {
    const key = m.person + m.role
    const row = rows.get(key)
    if (row) row.assignments.push(m.assignment)
    else rows.set(key, { person: m.person, name: m.name, role: m.role, assignments: [m.assignment] })
  }
  return [...rows.values()]
}

/** The relatives who read, by name; '' where there are none. */
export function listReaders(p: Patient): string {
  const { reading } = readers(p)
  return reading.length ? listOf(reading.map(relative)) : ''
}
