import type { ComponentChildren, RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLater } from '../offline/later'
import { SkipLink } from './hidden'

export interface FrameProps {
  /** From edge to edge, above all panes: bars about the connection and updates. */
  header?: ComponentChildren
  /** From edge to edge, below all panes. */
  footer?: ComponentChildren
  /** How many panes stand beside each other; 1 unless told. */
  panes?: number | undefined
  outer?: RefObject<HTMLDivElement | null> | undefined
  children: ComponentChildren
}

/**
 * The frame of a signed-in page: fills the window, never more; what is in it scrolls by itself. Elements with `data-region` are
 * gone round by Ctrl+F6.
 */
export function Frame({ header, footer, panes = 1, outer, children }: FrameProps) {
  const regions = useLater(() => import('./regions'), 0)
  useEffect(() => regions?.watchRegions(), [regions])
  useKeyboardRoom()
  return (
    <div class="kw-shell" ref={outer ?? null} data-panes={panes}>
      <SkipLink />
      {header && <header class="kw-shell-head">{header}</header>}
      {children}
      {footer && <footer class="kw-shell-foot">{footer}</footer>}
    </div>
  )
}

/**
 * Where a keyboard covers the page without resizing it (iOS), the shell, and a dialog on a phone, take the height that is
 * left while a field has the focus and the page is not zoomed (B-45): `--room`, unset otherwise.
 */
function useKeyboardRoom() {
  useEffect(() => {
    const view = window.visualViewport
    if (!view) return
    const fit = () => {
      const typing = document.activeElement?.matches('input, textarea, [contenteditable]')
      const covered = typing && Math.abs(view.scale - 1) < 0.01 && window.innerHeight - view.height > 80
      document.documentElement.style.setProperty('--room', covered ? `${view.height}px` : '')
      // iOS has pushed the page up to show the field; in its new height the shell shows it by itself.
      if (covered) window.scrollTo(0, 0)
    }
    view.addEventListener('resize', fit)
    view.addEventListener('scroll', fit)
    document.addEventListener('focusout', fit)
    return () => {
      view.removeEventListener('resize', fit)
      view.removeEventListener('scroll', fit)
      document.removeEventListener('focusout', fit)
      document.documentElement.style.removeProperty('--room')
    }
  }, [])
}
