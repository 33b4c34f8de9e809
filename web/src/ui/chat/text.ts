/** Whether a text may be sent: the server refuses one that is white space alone (NEL is white space there, not in \s). */
export function hasWords(text: string): boolean {
  return /[^\s\u0085]/.test(text)
}

/** The text as UTF-8 can carry it: half of a surrogate pair, which a broken paste may leave, becomes the replacement sign. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/**
 * How many characters (code points, as the server counts) are left under the limit; undefined while more than `near` are.
 * Counting is left out where the length in UTF-16 units already says so, since it runs at each key.
 */
export function charactersLeft(text: string, limit: number, near: number): number | undefined {
  if (text.length < limit - near) return undefined
  let count = 0
  for (const _ of text) count++
  return limit - count <= near ? limit - count : undefined
}
