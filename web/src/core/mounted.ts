// Pure steps on the messages that are mounted: a list by seq.

import type { Message } from './wire.gen'

/** Messages of one page, and how many pages are mounted at most: what an old phone still scrolls smoothly. */
export const PAGE = 50
export const PAGES = 5

/** While messages come live, and nobody has had a quiet moment, so many. */
export const MOST = PAGE * (PAGES + 1)

export type Edge = 'oldest' | 'newest'

/**
 * The list with more put in, ordered; of two states of a message the newer counts, also of those in `late`, which were told
 * while `more` was on its way. The same array if nothing changes.
 */
export function merged(
  list: readonly Message[], more: readonly Message[], late?: ReadonlyMap<number, Message>,
): readonly Message[] {
  const all = new Map(list.map((m) => [m.seq, m]))
  let changed = false
  for (const m of more) {
    const told = late?.get(m.seq)
    const newer = told && told.version > m.version ? told : m
    if ((all.get(m.seq)?.version ?? -1) >= newer.version) continue
    all.set(m.seq, newer)
    changed = true
  }
  return changed ? [...all.values()].sort((a, b) => a.seq - b.seq) : list
}

/** The list without pages at its far edge, as far as it is too long; a page with the message `focus` is never dropped. */
export function trimmed(list: readonly Message[], far: Edge, focus: string | undefined): readonly Message[] {
  while (list.length > PAGE * PAGES) {
    const page = far === 'oldest' ? list.slice(0, PAGE) : list.slice(-PAGE)
    if (page.some((m) => m.id === focus)) break
    list = far === 'oldest' ? list.slice(PAGE) : list.slice(0, -PAGE)
  }
  return list
}
