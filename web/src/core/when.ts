// More times in words, as in time.ts: those of lists and of staff's pages, which a relative's conversation does without.

import { t } from './i18n'
import { clock, daysBetween, format, sameYear, type When } from './time'

/** The shortest that is clear: "08:10", "Yesterday", "Tue", "3 Nov", "3 Nov 2025". For rows of a list. */
export function shortWhen(when: When, now: number): string {
  const days = daysBetween(when, now)
  if (days === 0) return clock(when)
  if (days === 1) return t('core.yesterday')
  if (days > 1 && days < 7) return format(when, 'weekday')
  return format(when, sameYear(when, now) ? 'date' : 'dateYear')
}

/** Weekday, date with year, and time: where nothing may be left to guess. */
export function fullWhen(when: When): string {
  return format(when, 'full')
}

/** A date without a time, such as a birth date `1948-03-09`: "9 Mar 1948". '' for anything else. */
export function calendarDate(date: string): string {
  return format(date, 'birth')
}

/** "Waiting 42 minutes", from an hour on in hours, from two days on in days (B-29); below a minute, just now. */
export function waitingText(minutes: number): string {
  if (minutes < 1) return t('core.waiting_now')
  if (minutes < 60) return t('core.waiting_minutes', { count: Math.floor(minutes) })
  if (minutes < 48 * 60) return t('core.waiting_hours', { count: Math.floor(minutes / 60) })
  return t('core.waiting_days', { count: Math.floor(minutes / (24 * 60)) })
}
