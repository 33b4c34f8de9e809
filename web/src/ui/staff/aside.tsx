import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { IconButton, restoreFocus } from '../kit'
import { panes } from '../kit/shell'

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

/** The head of the third pane; where it is all that is seen, its heading is the view's. */
export function AsideHead({ title, onClose }: { title: string; onClose: () => void }) {
  const Heading = panes.value === 1 ? 'h1' : 'h2'
  return (
    <header class="kw-details-head">
      <Heading tabIndex={-1}>{title}</Heading>
      {panes.value < 3 && <IconButton label={t('common.close')} icon="x" onClick={onClose} />}
    </header>
  )
}
