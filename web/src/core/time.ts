// Times in words and figures, in the reader's language and time zone. Times come as the server writes them (RFC 3339) or
// in ms since 1970; `now` is in ms.

import { t, tag } from './i18n'

export type When = string | number

const DAY_MS = 24 * 60 * 60_000

type Style = Intl.DateTimeFormatOptions

const time: Style = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const day: Style = { weekday: 'long', day: 'numeric', month: 'long' }
/** Weekday, date and year, in full. */
export const dayYear: Style = { ...day, year: 'numeric' }

// Making a formatter takes far longer than using one.
const formatters = new Map<Style, Map<string, Intl.DateTimeFormat>>()

/** A time in a style, which has to be the same object each time; '' for what is no time. */
export function format(when: When, style: Style): string {
  const date = new Date(when)
  if (Number.isNaN(date.getTime())) return ''
  const made = formatters.get(style) ?? new Map<string, Intl.DateTimeFormat>()
  formatters.set(style, made)
  const f = made.get(tag()) ?? new Intl.DateTimeFormat(tag(), style)
  made.set(tag(), f)
  return f.format(date)
}

/** "07:41". */
export function clock(when: When): string {
  return format(when, time)
}

/** "Today", "Yesterday", or weekday and date, with the year if it is another one: for the lines between days (B-18). */
export function dayLabel(when: When, now: number): string {
  const days = daysBetween(when, now)
  if (days === 0) return t('core.today')
  if (days === 1) return t('core.yesterday')
  return format(when, sameYear(when, now) ? day : dayYear)
}

/** Whether both are on one day of the reader's calendar. */
export function sameDay(a: When, b: When): boolean {
  return daysBetween(a, new Date(b).getTime()) === 0
}

/** Days of the calendar, not of 24 hours: two nights a year have 23 or 25. */
export function daysBetween(when: When, now: number): number {
  const midnight = (w: When) => {
    const d = new Date(w)
    return Date.UTC(d.getFullYear(), d.getMonth(), d.getDate())
  }
  return Math.round((midnight(now) - midnight(when)) / DAY_MS)
}

export function sameYear(when: When, now: number): boolean {
  return new Date(when).getFullYear() === new Date(now).getFullYear()
}
