import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { panes, restoreFocus } from '../kit'

/**
 * Whether the third pane is wanted where there is no room for it beside the others. As it opens in the place of another one it
 * takes the focus, and gives it back as it goes.
 */
export function useAside(): [boolean, (open: boolean) => void] {
  const [open, set] = useState(false)
  const opener = useRef<Element | null>(null)
  const before = useRef(open)
  useLayoutEffect(() => {
    if (before.current === open) return
    before.current = open
    if (panes.peek() === 3) return
    if (open) document.querySelector<HTMLElement>('aside [tabindex="-1"]')?.focus()
    else restoreFocus(opener.current)
  }, [open])
  return [open, (to) => {
    if (to) opener.current = document.activeElement
    set(to)
  }]
}
