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
  const keys = useLater(() => import('./keyboard'), 0)
  useEffect(() => keys?.watchKeyboard(), [keys])
  return (
    <div class="kw-shell" ref={outer ?? null} data-panes={panes}>
      <SkipLink />
      {header && <header class="kw-shell-head">{header}</header>}
      {children}
      {footer && <footer class="kw-shell-foot">{footer}</footer>}
    </div>
  )
}
