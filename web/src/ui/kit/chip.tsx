import type { ComponentChildren } from 'preact'
import { Icon } from '../icons'

export interface ChipProps {
  pressed: boolean
  /** Shown behind the word; undefined shows none. */
  count?: number | undefined
  onClick: () => void
  children: ComponentChildren
}

/** A filter that is on or off. Several stand in a `<div class="kw-chips">`. */
export function Chip({ pressed, count, onClick, children }: ChipProps) {
  return (
    <button type="button" class="kw-chip" aria-pressed={pressed} onClick={onClick}>
      {pressed && <Icon name="check" />}
      <span>{children}</span>
      {count !== undefined && <span class="kw-chip-count">{count}</span>}
    </button>
  )
}
