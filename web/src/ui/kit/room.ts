/** With less than so many px left to write in, all that is not needed for it goes (see `data-low` in the style sheets). */
const lowPx = 560

/**
 * What a phone's keyboard leaves of the page belongs to the messages and the box (B-45). Where the keyboard covers the page
 * without resizing it (iOS), the shell, and a dialog on a phone, take the height that is left while a field has the focus and the
 * page is not zoomed: `--room`, unset otherwise. Returns how to end.
 */
export function watchRoom(): (() => void) | undefined {
  const view = window.visualViewport
  if (!view) return undefined
  const root = document.documentElement
  const fit = () => {
    const field = document.activeElement
    const typing = field?.matches('input, textarea, [contenteditable]') && Math.abs(view.scale - 1) < 0.01
    const covered = typing && window.innerHeight - view.height > 80
    root.style.setProperty('--room', covered ? `${view.height}px` : '')
    const low = typing === true && view.height < lowPx && matchMedia('(pointer: coarse)').matches
    root.toggleAttribute('data-low', low)
    // What does not fit all the same scrolls, and browsers have looked for the field before the page was made lower.
    if (low) field?.scrollIntoView({ block: 'nearest' })
    // iOS has pushed the page up to show the field; in its new height the shell shows it by itself.
    if (covered) window.scrollTo(0, 0)
  }
  fit() // a field may have had the focus first
  view.addEventListener('resize', fit)
  view.addEventListener('scroll', fit)
  document.addEventListener('focusin', fit)
  document.addEventListener('focusout', fit)
  return () => {
    view.removeEventListener('resize', fit)
    view.removeEventListener('scroll', fit)
    document.removeEventListener('focusin', fit)
    document.removeEventListener('focusout', fit)
    root.style.removeProperty('--room')
    root.removeAttribute('data-low')
  }
}
