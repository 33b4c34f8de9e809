/** A piece of a message's text: plain, or an address that may be opened. */
export type Piece = { text: string; href?: string }

// No spaces, quotes, angle brackets, and none of the invisible marks that turn the reading direction: those could make an
// address look like another one.
const address = /https?:\/\/[^\s<>"“”«»\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gi
const trailing = /[.,;:!?'’…*_~|。，、；：！？）】」』》]+$/

/**
 * Cuts a text into plain pieces and addresses. Joined, the pieces are the text again. Only http and https are addresses, and
 * none that hides its host behind a user name (https://hospital.example@elsewhere.example).
 */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(address)) {
    const href = trimmed(match[0])
    if (!openable(href)) continue
    if (match.index > from) found.push({ text: text.slice(from, match.index) })
    found.push({ text: href, href })
    from = match.index + href.length
  }
  if (from < text.length || found.length === 0) found.push({ text: text.slice(from) })
  return found
}

/** Leaves out what belongs to the sentence around the address: a full stop, a bracket that was opened before it. */
function trimmed(raw: string): string {
  let url = raw
  for (;;) {
    const shorter = url.replace(trailing, '')
    const open = shorter.split('(').length < shorter.split(')').length
    const next = open && shorter.endsWith(')') ? shorter.slice(0, -1) : shorter
    if (next === url) return url
    url = next
  }
}

function openable(href: string): boolean {
  try {
    const url = new URL(href)
    return url.hostname !== '' && url.username === '' && url.password === ''
  } catch {
    return false
  }
}
