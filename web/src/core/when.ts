// More times in words, as in time.ts: those of lists and of staff's pages, which a relative's conversation does without.

import { t, tag } from './i18n'
import { clock, dayYear, daysBetween, format, sameYear, type When } from './time'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const units: [unit: string, ms: number][] = [['day', 24 * HOUR_MS], ['hour', HOUR_MS], ['minute', MINUTE_MS]]

type Style = Intl.DateTimeFormatOptions

const weekday: Style = { weekday: 'short' }
const date: Style = { day: 'numeric', month: 'short' }
const dateYear: Style = { ...date, year: 'numeric' }
const full: Style = { ...dayYear, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const birth: Style = { ...dateYear, timeZone: 'UTC' }

/** The shortest that is clear: "08:10", "Yesterday", "Tue", "3 Nov", "3 Nov 2025". For rows of a list. */
export function shortWhen(when: When, now: number): string {
  const days = daysBetween(when, now)
  if (days === 0) return clock(when)
  if (days === 1) return t('core.yesterday')
  if (days > 1 && days < 7) return format(when, weekday)
  return format(when, sameYear(when, now) ? date : dateYear)
}

/** Weekday, date with year, and time: where nothing may be left to guess. */
export function fullWhen(when: When): string {
  return format(when, full)
}

/** A date without a time, such as a birth date `1948-03-09`: "9 Mar 1948". '' for anything else. */
export function calendarDate(day: string): string {
  return format(day, birth)
}

/** "Waiting 42 minutes", from an hour on in hours, from two days on in days (B-29); below a minute, just now. */
export function waitingText(minutes: number): string {
  if (minutes < 1) return t('core.waiting_now')
  if (minutes < 60) return t('core.waiting_minutes', { count: Math.floor(minutes) })
  if (minutes < 48 * 60) return t('core.waiting_hours', { count: Math.floor(minutes / 60) })
  return t('core.waiting_days', { count: Math.floor(minutes / (24 * 60)) })
}

/** How long something took or has lasted, in the largest unit that fits: "8 sec", "12 min", "3 hr". */
export function duration(ms: number): string {
  const [unit, size] = units.find(([, most]) => ms >= most) ?? ['second', 1000]
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay: 'short' }).format(Math.floor(ms / size))
}
