import type { Patient } from './wire.gen'

type Waiting = Pick<Patient, 'id' | 'waiting_since'>

/** Minutes from which a family's waiting is shown in amber and in terracotta (B-29). */
export const AMBER_MINUTES = 30
export const TERRACOTTA_MINUTES = 60

export type Level = 'none' | 'amber' | 'terracotta'

/** Whole minutes since the family's last words have had no answer; undefined where nobody waits. */
export function waitedMinutes(patient: Pick<Patient, 'waiting_since'>, now: number): number | undefined {
  if (!patient.waiting_since) return undefined
  return Math.max(0, Math.floor((now - Date.parse(patient.waiting_since)) / 60_000))
}

export function level(minutes: number | undefined): Level {
  if (minutes === undefined || minutes < AMBER_MINUTES) return 'none'
  return minutes < TERRACOTTA_MINUTES ? 'amber' : 'terracotta'
}

/**
 * The inbox's order (B-28): who has waited longest first, then by the newest message, then by name of the id so that rows
 * don't change places by chance. `newest` tells the time of a patient's last message, undefined for none.
 */
export function order<P extends Waiting>(patients: readonly P[], newest: (p: P) => string | undefined = () => undefined): P[] {
  const rows = patients.map((p) => ({ p, since: p.waiting_since ?? '\uffff', last: newest(p) ?? '' }))
  rows.sort((a, b) => compare(a.since, b.since) || compare(b.last, a.last) || compare(a.p.id, b.p.id))
  return rows.map((r) => r.p)
}

// Times as the server writes them sort as texts: UTC, always with milliseconds.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
