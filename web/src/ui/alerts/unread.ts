// How a hidden Kinward shows that something is unread: the tab's title, its icon's dot, the badge of the installed app.

import { effect, type ReadonlySignal } from '../signals'
import { unreadInTitle } from './title'

/**
 * Shows the number of unread messages at title, icon and app badge until the returned function clears all three. More of them
 * are shown `drawnMs` later: what is read by then, as while somebody looks on, never makes the title flicker.
 */
export function showUnread(count: ReadonlySignal<number>, drawnMs: number): () => void {
  let shown = Infinity // what an earlier page has left, at the badge
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = () => {
    clearTimeout(timer)
    timer = undefined
    const now = count.peek()
    if (now !== shown) show(shown = now)
  }
  const stop = effect(() => {
    if (count.value <= shown) tell()
    else timer ??= setTimeout(tell, drawnMs)
  })
  return () => {
    stop()
    clearTimeout(timer)
    show(0)
  }
}

function show(count: number): void {
  unreadInTitle.value = count
  dot(count > 0)
  const badge = navigator as { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> }
  const done = count > 0 ? badge.setAppBadge?.(count) : badge.clearAppBadge?.()
  done?.catch(() => undefined) // refused where the app is not installed
}

const spot = '<circle cx="50" cy="14" r="12" fill="#B4532A" stroke="#fff" stroke-width="4"/></svg>'
let icons: Promise<{ plain: string; dotted: string }> | undefined

function dot(on: boolean): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (!link || (!on && !icons)) return
  icons ??= bothIcons(link.href)
  void icons.then(({ plain, dotted }) => {
    link.href = unreadInTitle.peek() > 0 ? dotted : plain
  })
}

// The same drawing with a spot on it; without an answer the plain one stays.
async function bothIcons(plain: string): Promise<{ plain: string; dotted: string }> {
  try {
    const svg = await (await fetch(plain)).text()
    return { plain, dotted: `data:image/svg+xml,${encodeURIComponent(svg.replace('</svg>', spot))}` }
  } catch {
    return { plain, dotted: plain }
  }
}
