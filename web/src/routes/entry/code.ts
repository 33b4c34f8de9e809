// The code on an invitation card, as people type it and as cameras read it.

import { decoded, tidy } from './opened'

export { tidy }

/** Letters and digits of a code. */
export const codeLength = 10

/** What a code is made of: 0 O 1 I L are left out, since they are mistaken for each other. */
const letters = /^[A-HJKMNP-Z2-9]*$/

/** In two groups, as one reads it from a card: "K7QWP-3MZA9". No hyphen at the end, so that deleting never sticks. */
export function group(typed: string): string {
  const code = tidy(typed)
  return code.length > 5 ? `${code.slice(0, 5)}-${code.slice(5)}` : code
}

/** Whether a tidied text has a sign that no code has. */
export function strange(code: string): boolean {
  return !letters.test(code)
}

/** The code in what a camera has read or somebody has pasted: the address of an invitation, or the code alone. */
export function codeIn(text: string): string | undefined {
  const [, fragment] = /\/join#(.+)$/.exec(text.trim()) ?? []
  const code = tidy(fragment === undefined ? text : decoded(fragment))
  return code.length === codeLength && !strange(code) ? code : undefined
}
