import { waitedMinutes } from '../../core/waiting'
import type { Message, Patient } from '../../core/wire.gen'

/** A patient with what the list shows of the conversation. */
export interface Row {
  patient: Patient
  last: Message | undefined
  unread: number
}

export type Show = '' | 'waiting' | 'unread' | 'mine' | 'ended'
export type Sort = 'waiting' | 'newest' | 'name' | 'bed'

/** What the list shows and how; kept in the address, where a search text never stands. */
export interface View {
  show: Show
  ward: string
  sort: Sort
}

const shows: readonly Show[] = ['waiting', 'unread', 'mine', 'ended']
const sorts: readonly Sort[] = ['newest', 'name', 'bed']

/** Reads the view out of the address; what it doesn't know counts as not there. */
export function viewOf(query: Record<string, string>): View {
  return {
    show: shows.find((s) => s === query['show']) ?? '',
    ward: query['ward'] ?? '',
    sort: sorts.find((s) => s === query['sort']) ?? 'waiting',
  }
}

/** The view as the end of an address, '' where it is the usual one. */
export function queryOf(view: View): string {
  const q = new URLSearchParams()
  if (view.show) q.set('show', view.show)
  if (view.ward) q.set('ward', view.ward)
  if (view.sort !== 'waiting') q.set('sort', view.sort)
  const text = q.toString()
  return text && `?${text}`
}

/** Whether the stay is over: such patients are shown among all, and by themselves. */
export function ended(p: Patient): boolean {
  return p.status === 'finished' || p.status === 'cancelled'
}

/** Whether a row belongs to a view. `me` is the reader's person id. */
export function fits(row: Row, show: Show, ward: string, me: string, now: number): boolean {
  if (ward && row.patient.ward !== ward) return false
  switch (show) {
    case 'waiting': return waitedMinutes(row.patient, now) !== undefined
    case 'unread': return row.unread > 0
    case 'mine': return (row.patient.team ?? []).some((m) => m.person === me)
    case 'ended': return ended(row.patient)
    default: return true
  }
}

/** The rows in the order asked for; equal ones by name, so that nothing jumps without a reason. */
export function sorted(rows: readonly Row[], sort: Sort, locale: string): Row[] {
  const names = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' })
  const byName = (a: Row, b: Row) => names.compare(a.patient.name, b.patient.name)
  const byNewest = (a: Row, b: Row) => compare(b.last?.created_at ?? '', a.last?.created_at ?? '')
  const byWaiting = (a: Row, b: Row) => compare(a.patient.waiting_since ?? '~', b.patient.waiting_since ?? '~')
  const byBed = ({ patient: a }: Row, { patient: b }: Row) =>
    names.compare(a.ward, b.ward) || names.compare(a.room, b.room) || names.compare(a.bed, b.bed)
  const orders = {
    waiting: (a: Row, b: Row) => byWaiting(a, b) || byNewest(a, b) || byName(a, b),
    newest: (a: Row, b: Row) => byNewest(a, b) || byName(a, b),
    name: byName,
    bed: (a: Row, b: Row) => byBed(a, b) || byName(a, b),
  }
  return [...rows].sort(orders[sort])
}

// Times as the server writes them sort as texts, by their code units.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * The order to show while a pointer or the focus is in the list (B-28): what is there stays where it is, what has gone goes,
 * and what is new waits. `changed` says that the list would look different.
 */
export function steady(shown: readonly string[], wanted: readonly string[]): { order: readonly string[]; changed: boolean } {
  const there = new Set(wanted)
  const order = shown.filter((id) => there.has(id))
  return { order, changed: order.length !== wanted.length || order.some((id, i) => id !== wanted[i]) }
}

/** The neighbour of `current` in `order`, `by` rows on; without one, the first or last. Undefined at the end. */
export function neighbour(order: readonly string[], current: string | undefined, by: 1 | -1): string | undefined {
  const at = current === undefined ? -1 : order.indexOf(current)
  if (at < 0) return by > 0 ? order[0] : order[order.length - 1]
  return order[at + by]
}
