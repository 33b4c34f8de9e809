import type { ComponentChildren } from 'preact'

/**
 * The title of a row whose whole name is `label`. It is said as text and not as aria-label, which would have to hold
 * everything that is seen in the row (WCAG 2.5.3); what is seen is not said a second time.
 */
export function Named({ label, children }: { label: string; children: ComponentChildren }) {
  return <><span class="kw-hidden">{label}</span><Seen>{children}</Seen></>
}

export function Seen({ children }: { children: ComponentChildren }) {
  return <span aria-hidden="true">{children}</span>
}
