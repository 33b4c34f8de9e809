// Finding a person or patient by what somebody types in a hurry. The server searches by the same rule.

const spaces = /[\s,;/]+/
const han = /\p{sc=Han}/u
const letters: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', ł: 'l', æ: 'ae', œ: 'oe', đ: 'd', ı: 'i' }

/** A text as it is compared: without case and accents. "Novák" and "NOVAK" fold to one, "ß" to "ss". */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[ßøłæœđı]/g, (c) => letters[c] ?? c).trim()
}

/** What is searched of one thing: folded once, then asked with every key. */
export interface Fields {
  readonly words: readonly string[] // of names; the parts of a double name stand beside it
  readonly codes: readonly string[] // bed, ward, numbers
}

/** Prepares a thing: its names, and its codes (bed, room, record number), of which empty ones are left out. */
export function fields(names: readonly string[], codes: readonly (string | undefined)[] = []): Fields {
  const words = names.flatMap((n) => fold(n).split(spaces)).flatMap((w) => /[-'’]/.test(w) ? [w, ...w.split(/[-'’]/)] : [w])
  return { words: words.filter(Boolean), codes: codes.map((c) => fold(c ?? '')).filter(Boolean) }
}

/**
 * How well `query` fits: 0 not at all, else the higher the better. Each word of the query must begin a word of a name or a
 * code, in any order ("alm ro 4-12" finds Rosa Almeida in bed 4-12); whole words and codes count more. In scripts that don't
 * part words, a name may also be found by its middle. Everything fits an empty query.
 */
export function rank(query: string, f: Fields): number {
  const asked = fold(query).split(spaces).filter(Boolean)
  let sum = 1
  for (const word of asked) {
    const best = Math.max(fit(word, f.words, 2), fit(word, f.codes, 4))
    if (best === 0) return 0
    sum += best
  }
  // The first name is what people type first: "ana" finds Ana Silva before Maria Ana.
  return sum + (asked[0] !== undefined && f.words[0]?.startsWith(asked[0]) ? 1 : 0)
}

/** Whether `query` fits. */
export function matches(query: string, f: Fields): boolean {
  return rank(query, f) > 0
}

/** The items that fit, best first; equally good ones keep their order. */
export function find<T>(query: string, items: readonly T[], of: (item: T) => Fields, limit = Infinity): T[] {
  const found = items.map((item) => ({ item, rank: rank(query, of(item)) })).filter((r) => r.rank > 0)
  found.sort((a, b) => b.rank - a.rank)
  return found.slice(0, limit).map((r) => r.item)
}

function fit(word: string, list: readonly string[], whole: number): number {
  let best = 0
  for (const entry of list) {
    if (entry === word) return whole
    if (entry.startsWith(word) || best === 0 && han.test(word) && entry.includes(word)) best = 1
  }
  return best
}
