import { focusable, visible } from './focus'
import { layers } from './layers'

/**
 * Ctrl+F6 and Ctrl+Shift+F6 go round the regions of the page (B-32): elements with `data-region`, in their order. In each
 * the focus goes back to where it was last, else to its first Tab stop, else to the region itself. Returns how to end that.
 */
export function watchRegions(): () => void {
  const last = new WeakMap<Element, HTMLElement>()
  const regionOf = (element: Element | null) => element?.closest('[data-region]') ?? undefined
  const note = (element: Element | null) => {
    const region = regionOf(element)
    if (region) last.set(region, element as HTMLElement)
  }
  const remember = (event: FocusEvent) => note(event.target as Element)
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'F6' || !event.ctrlKey || layers()) return
    const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(visible)
    if (!regions.length) return
    event.preventDefault()
    const at = regions.findIndex((region) => region === regionOf(document.activeElement))
    const step = event.shiftKey ? (at < 0 ? 0 : at) - 1 : at + 1
    // `!`: the list is not empty, and the index is kept within it.
    enter(regions[(step + regions.length) % regions.length]!, last)
  }
  note(document.activeElement)
  document.addEventListener('focusin', remember)
  document.addEventListener('keydown', keyDown)
  return () => {
    document.removeEventListener('focusin', remember)
    document.removeEventListener('keydown', keyDown)
  }
}

function enter(region: HTMLElement, last: WeakMap<Element, HTMLElement>) {
  const known = last.get(region)
  if (known?.isConnected && region.contains(known) && visible(known)) return known.focus()
  const stop = [...region.querySelectorAll<HTMLElement>(focusable)].find((item) => item.tabIndex >= 0 && visible(item))
  if (stop) return stop.focus()
  if (!region.hasAttribute('tabindex')) region.tabIndex = -1
  region.focus()
}
