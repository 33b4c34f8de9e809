// A birth date in three fields.
//
// One native date field would be less to build, but it is made for dates near today: on phones it opens a calendar of this
// month, from where older people find no way back to 1948, and which of 03/09 is the month depends on settings that nobody
// knows of. Three fields with words above them are typed as people say a birth date, and months are chosen by name, so that
// day and month can't be mistaken for each other. That matters here: a wrong date costs one of five tries.

const gregorian = { calendar: 'gregory', timeZone: 'UTC' } as const
const inWords = { day: 'numeric', month: 'long', year: 'numeric' } as const

export type DatePart = 'day' | 'month' | 'year'

/** In which order a language writes a date; `tag` as Intl wants it. */
export function orderOf(tag: string): DatePart[] {
  const parts = new Intl.DateTimeFormat(tag, { ...gregorian, ...inWords }).formatToParts(0)
  return parts.map((p) => p.type).filter((type) => type === 'day' || type === 'month' || type === 'year')
}

/** The names of the twelve months. */
export function monthNames(tag: string): string[] {
  const name = new Intl.DateTimeFormat(tag, { ...gregorian, month: 'long' })
  return Array.from({ length: 12 }, (_, month) => name.format(Date.UTC(2000, month, 1)))
}

/** A date as it may be typed, for an error to show. */
export function exampleDate(tag: string): string {
  return new Intl.DateTimeFormat(tag, { ...gregorian, ...inWords }).format(Date.UTC(1948, 2, 9))
}

/** Only the digits of a text, also of Arabic, Persian and wide ones. */
export function digits(typed: string): string {
  return typed.normalize('NFKC')
    .replace(/[\u0660-\u0669]/g, (d) => String(d.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (d) => String(d.charCodeAt(0) - 0x06f0))
    .replace(/\D/g, '')
}

/** "1948-03-09", or undefined where there is no such day in the past 130 years. `month` is 1 to 12. */
export function birthDate(day: string, month: number, year: string, now = new Date()): string | undefined {
  const y = Number(year)
  if (year.length !== 4 || y < now.getFullYear() - 130 || !day || !month) return undefined
  const date = new Date(Date.UTC(y, month - 1, Number(day)))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== Number(day)) return undefined
  const tomorrow = now.getTime() + 24 * 60 * 60 * 1000 // east of Greenwich somebody may be born "tomorrow"
  return date.getTime() > tomorrow ? undefined : date.toISOString().slice(0, 10)
}
