/**
 * Where a keyboard covers the page without resizing it (iOS), the shell, and a dialog on a phone, take the height that is
 * left while a field has the focus and the page is not zoomed (B-45): `--room`, unset otherwise. Returns how to end.
 */
export function watchRoom(): (() => void) | undefined {
  const view = window.visualViewport
  if (!view) return undefined
  const fit = () => {
    const typing = document.activeElement?.matches('input, textarea, [contenteditable]')
    const covered = typing && Math.abs(view.scale - 1) < 0.01 && window.innerHeight - view.height > 80
    document.documentElement.style.setProperty('--room', covered ? `${view.height}px` : '')
    // iOS has pushed the page up to show the field; in its new height the shell shows it by itself.
    if (covered) window.scrollTo(0, 0)
  }
  fit() // a field may have had the focus first
  view.addEventListener('resize', fit)
  view.addEventListener('scroll', fit)
  document.addEventListener('focusout', fit)
  return () => {
    view.removeEventListener('resize', fit)
    view.removeEventListener('scroll', fit)
    document.removeEventListener('focusout', fit)
    document.documentElement.style.removeProperty('--room')
  }
}
