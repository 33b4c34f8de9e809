// Times in words and figures, in the reader's language and time zone. Times come as the server writes them (RFC 3339) or
// in ms since 1970; `now` is in ms.

import { t, tag } from './i18n'

export type When = string | number

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const units: [unit: string, ms: number][] = [['day', DAY_MS], ['hour', HOUR_MS], ['minute', MINUTE_MS]]

const styles = {
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  weekday: { weekday: 'short' },
  date: { day: 'numeric', month: 'short' },
  dateYear: { day: 'numeric', month: 'short', year: 'numeric' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  full: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  birth: { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' },
} satisfies Record<string, Intl.DateTimeFormatOptions>

// Making a formatter takes far longer than using one.
const formatters = new Map<string, Intl.DateTimeFormat>()

/** A time in one of the styles above; '' for what is no time. */
export function format(when: When, style: keyof typeof styles): string {
  const date = new Date(when)
  if (Number.isNaN(date.getTime())) return ''
  const key = tag() + style
  let f = formatters.get(key)
  if (!f) formatters.set(key, (f = new Intl.DateTimeFormat(tag(), styles[style])))
  return f.format(date)
}

/** "07:41". */
export function clock(when: When): string {
  return format(when, 'clock')
}

/** "Today", "Yesterday", or weekday and date, with the year if it is another one: for the lines between days (B-18). */
export function dayLabel(when: When, now: number): string {
  const days = daysBetween(when, now)
  if (days === 0) return t('core.today')
  if (days === 1) return t('core.yesterday')
  return format(when, sameYear(when, now) ? 'day' : 'dayYear')
}

/** How long something took or has lasted, in the largest unit that fits: "8 sec", "12 min", "3 hr". */
export function duration(ms: number): string {
  const [unit, size] = units.find(([, most]) => ms >= most) ?? ['second', 1000]
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay: 'short' }).format(Math.floor(ms / size))
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
