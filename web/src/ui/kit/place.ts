/** How far a layer keeps from the edges of the window and from what it belongs to, in px. */
const margin = 8
const distance = 4

/**
 * Keeps a fixed layer beside its anchor: below it, or above where there is more room; aligned with its start or end, never
 * outside the window. Follows scrolling and resizing. Returns how to end that.
 */
export function place(anchor: Element, layer: HTMLElement, align: 'start' | 'end', fit?: 'anchor'): () => void {
  const put = () => {
    const a = anchor.getBoundingClientRect()
    const view = { width: document.documentElement.clientWidth, height: window.innerHeight }
    const style = layer.style
    if (fit) style.setProperty('inline-size', `${a.width}px`)
    style.setProperty('max-block-size', '')
    const below = view.height - a.bottom - distance - margin
    const above = a.top - distance - margin
    const up = layer.scrollHeight > below && above > below
    style.setProperty('max-block-size', `${Math.max(up ? above : below, 96)}px`)
    const { width, height } = layer.getBoundingClientRect()
    const left = (align === 'start') === (getComputedStyle(anchor).direction === 'ltr')
    const x = left ? a.left : a.right - width
    style.setProperty('left', `${Math.max(margin, Math.min(x, view.width - width - margin))}px`)
    style.setProperty('top', `${Math.max(margin, up ? a.top - distance - height : a.bottom + distance)}px`)
  }
  put()
  window.addEventListener('resize', put)
  window.addEventListener('scroll', put, { capture: true, passive: true })
  return () => {
    window.removeEventListener('resize', put)
    window.removeEventListener('scroll', put, { capture: true })
  }
}

/** Lifts a layer into the browser's top layer where it can; elsewhere z-index has to do. */
export function lift(layer: HTMLElement): void {
  if (!('showPopover' in layer)) return
  layer.popover = 'manual'
  layer.showPopover()
}
