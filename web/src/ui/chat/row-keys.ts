/**
 * Keys inside the log, beside the arrows that move between rows: Enter goes into a message's links and buttons, Tab
 * moves among them, Esc comes back to the message. End goes to the newest message even if that is not loaded.
 */
export function rowKeys(event: KeyboardEvent, log: { hasNewer: boolean; toEnd: () => void }): void {
  const target = event.target as HTMLElement
  const row = target.closest<HTMLElement>('[data-key]')
  if (!row || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  const controls = [...row.querySelectorAll<HTMLElement>('a[href], button')]
  const at = controls.indexOf(target)
  let to: HTMLElement | undefined
  if (event.key === 'Enter' && target === row) to = controls[0]
  else if (event.key === 'Escape' && target !== row) to = row
  else if (event.key === 'Tab' && at >= 0) to = event.shiftKey ? controls[at - 1] ?? row : controls[at + 1]
  else if (event.key === 'End' && log.hasNewer && target === row) {
    event.stopPropagation()
    log.toEnd()
  }
  if (!to) return
  event.preventDefault()
  event.stopPropagation()
  to.focus()
}

/** Gives the focus to the message that an element belongs to, since the element is about to go. */
export function focusRow(within: Element | null): void {
  within?.closest<HTMLElement>('[data-key]')?.focus({ preventScroll: true })
}
