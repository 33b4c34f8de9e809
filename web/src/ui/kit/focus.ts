import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/** What can take the focus by Tab. */
export const focusable = 'a[href], :is(button, input, select, textarea):not(:disabled), summary, [tabindex]:not([tabindex="-1"])'

/** Whether an element is drawn at all. */
export function visible(element: Element): boolean {
  return element.getClientRects().length > 0
}

/** Gives the focus back to what had it; if that has gone, to the heading of the view, never to nowhere. */
export function restoreFocus(to: Element | null | undefined): void {
  if (to instanceof HTMLElement && to !== document.body && to.isConnected && visible(to)) to.focus()
  else focusHeading()
}

/** Puts the focus on the heading of the view, as a change of route does. `still`: it need not come into view. */
export function focusHeading(within: ParentNode = document, still = false): void {
  const headings = [...within.querySelectorAll<HTMLElement>('main h1, h1')]
  const heading = headings.find(visible)
  if (!heading) return
  if (!heading.hasAttribute('tabindex')) heading.tabIndex = -1
  heading.focus({ preventScroll: still })
}

export interface Roving {
  /** Which elements inside are items, in their order on the page. */
  items: string
  /** Which arrow keys move; left and right follow the direction of writing. */
  axis?: 'vertical' | 'horizontal' | 'both' | undefined
  /** From the last to the first and back. */
  loop?: boolean | undefined
  /** The item that Tab reaches first, as long as none has had the focus: a selector. */
  first?: string | undefined
  /** Start with the last item instead of the first, as a transcript does. */
  fromEnd?: boolean | undefined
}

/**
 * Makes one Tab stop of all items in a container: arrows, Home and End move between them. Items are rendered with
 * tabIndex -1; the hook gives one of them 0. Rows may come, go and move: the stop stays on its element, and if the
 * element goes while it has the focus, the focus moves to its neighbour.
 */
export function useRoving(container: RefObject<HTMLElement | null>, options: Roving): void {
  const { items, axis = 'vertical', loop, first, fromEnd } = options
  useLayoutEffect(() => {
    const root = container.current
    if (!root) return
    return rove(root, { items, axis, loop, first, fromEnd })
  }, [items, axis, loop, first, fromEnd])
}

/** The work of `useRoving`, without Preact. Returns how to end it. */
export function rove(root: HTMLElement, options: Roving): () => void {
  const { items, first, fromEnd } = options
  let stop: HTMLElement | undefined
  let place = 0
  let held = false
  let touched = false
  const all = () => [...root.querySelectorAll<HTMLElement>(items)]
  const choose = (item: HTMLElement) => {
    if (stop && stop !== item) stop.tabIndex = -1
    stop = item
    item.tabIndex = 0
  }
  const settle = () => {
    const list = all()
    const lost = held && stop !== undefined && !list.includes(stop)
    const wanted = !touched && first ? root.querySelector<HTMLElement>(first) : null
    const kept = stop && list.includes(stop) ? stop : undefined
    const item = wanted ?? kept ?? (touched ? list[Math.min(place, list.length - 1)] : list[fromEnd ? list.length - 1 : 0])
    for (const other of list) if (other !== item && other.tabIndex === 0) other.tabIndex = -1
    if (!item) return
    choose(item)
    place = list.indexOf(item)
    if (lost) item.focus()
  }
  const focusIn = (event: FocusEvent) => {
    const item = (event.target as Element).closest<HTMLElement>(items)
    if (!item || !root.contains(item)) return
    held = touched = true
    choose(item)
    place = all().indexOf(item)
  }
  const focusOut = (event: FocusEvent) => {
    if (event.relatedTarget) held = false
    // No next one: the page was left, or the element was removed, which `settle` hears of before this time is up.
    else setTimeout(() => { held = root.contains(document.activeElement) })
  }
  const keyDown = (event: KeyboardEvent) => {
    const list = all()
    const at = list.indexOf(event.target as HTMLElement)
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const to = target(event, { at, count: list.length, rtl: getComputedStyle(root).direction === 'rtl' }, options)
    if (to === undefined) return
    event.preventDefault()
    list[to]?.focus()
  }
  const further = (n: Node) => stop && stop.compareDocumentPosition(n) & Node.DOCUMENT_POSITION_FOLLOWING
  const observer = new MutationObserver((changes) => {
    // What comes below the stop, as most does, changes nothing: going through a long list each time would hold up a key.
    const same = stop?.isConnected && (touched || !first || !root.querySelector(first)) &&
      changes.every((c) => c.removedNodes.length === 0 && [...c.addedNodes].every(further))
    if (!same) settle()
  })
  observer.observe(root, { childList: true, subtree: true })
  root.addEventListener('focusin', focusIn)
  root.addEventListener('focusout', focusOut)
  root.addEventListener('keydown', keyDown)
  settle()
  return () => {
    observer.disconnect()
    root.removeEventListener('focusin', focusIn)
    root.removeEventListener('focusout', focusOut)
    root.removeEventListener('keydown', keyDown)
  }
}

interface Place {
  at: number
  count: number
  rtl: boolean
}

/** The place that a key leads to; undefined for a key that leads nowhere. */
function target(event: KeyboardEvent, { at, count, rtl }: Place, { axis = 'vertical', loop }: Roving): number | undefined {
  const across = axis !== 'vertical'
  const along = axis !== 'horizontal'
  let to: number
  if (event.key === 'Home') to = 0
  else if (event.key === 'End') to = count - 1
  else if (along && event.key === 'ArrowDown') to = at + 1
  else if (along && event.key === 'ArrowUp') to = at - 1
  else if (across && event.key === (rtl ? 'ArrowLeft' : 'ArrowRight')) to = at + 1
  else if (across && event.key === (rtl ? 'ArrowRight' : 'ArrowLeft')) to = at - 1
  else return undefined
  return loop ? (to + count) % count : Math.min(Math.max(to, 0), count - 1)
}
