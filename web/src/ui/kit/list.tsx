import type { ComponentChildren } from 'preact'
import { classes } from './classes'

export interface ListRowProps {
  /** Where the row leads; without it the row is a button. */
  href?: string | undefined
  onClick?: ((event: MouseEvent) => void) | undefined
  /** This is what is open beside the list. */
  current?: boolean | undefined
  /** Before the text: an `Avatar`. */
  lead?: ComponentChildren
  title: ComponentChildren
  /** At the end of the first line: a time. */
  when?: ComponentChildren
  /** Second line, cut with an ellipsis. */
  text?: ComponentChildren
  /** At the end of the second line: a `Badge`. */
  end?: ComponentChildren
  /** Below both: tags. */
  children?: ComponentChildren
  /** The whole name, where the parts read in order do not say it well. */
  label?: string | undefined
  /** Something waits in it: the title is strong. */
  strong?: boolean | undefined
}

/**
 * A row of a list: `<ul class="kw-list"><li><ListRow …/></li></ul>`. It has tabIndex -1: give the list to `useRoving`,
 * which makes one Tab stop of all rows. Set `tabStop` for a list without it.
 */
export function ListRow(props: ListRowProps & { tabStop?: boolean | undefined }) {
  const { href, onClick, current, lead, title, when, text, end, children, label, strong, tabStop } = props
  const shared = {
    class: classes('kw-row', current && 'is-current', strong && 'is-strong'),
    tabIndex: tabStop ? 0 : -1,
    'aria-current': current ? ('true' as const) : undefined,
    'aria-label': label,
    onClick,
  }
  const inside = (
    <>
      {lead}
      <span class="kw-row-body">
        <span class="kw-row-line">
          <span class="kw-row-title">{title}</span>
          {when && <span class="kw-row-when">{when}</span>}
        </span>
        {(text || end) && (
          <span class="kw-row-line">
            <span class="kw-row-text">{text}</span>
            {end}
          </span>
        )}
        {children && <span class="kw-row-tags">{children}</span>}
      </span>
    </>
  )
  return href === undefined ? <button type="button" {...shared}>{inside}</button> : <a href={href} {...shared}>{inside}</a>
}
