// What the page was opened with. Apart from code.ts, whose rest is needed only by those who type a code.

/**
 * The code that the page was opened with, /join#CODE; '' at /join without one, undefined elsewhere. The code goes from the
 * address bar and from the list of visited pages at once; opening the page uses nothing up. A reload in the same tab finds
 * it again.
 */
export function takeCode(): string | undefined {
  if (location.pathname !== '/join') return undefined
  if (location.hash.length > 1) history.replaceState({ code: tidy(decoded(location.hash.slice(1))) }, '', '/join')
  const { code } = (history.state ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

/** A code without what doesn't count: spaces, hyphens, small letters, the wide letters of Asian keyboards. */
export function tidy(typed: string): string {
  return typed.normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** A part of an address as people read it. */
export function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}
