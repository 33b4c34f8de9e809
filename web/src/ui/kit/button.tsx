import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import { Icon, type IconName } from '../icons'
import { classes } from './classes'

/** What a button's press means: the one main step of the view, any other step, a step beside the way, a loss. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'label'> {
  kind?: ButtonKind | undefined
  icon?: IconName | undefined
  /** Work is under way: further presses do nothing, the focus stays. */
  busy?: boolean | undefined
  /** As wide as what it stands in. */
  wide?: boolean | undefined
  children: ComponentChildren
}

/** A button with words. It does not submit a form unless `type="submit"`. */
export function Button({ kind = 'plain', icon, busy, wide, children, class: extra, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={classes('kw-button', `is-${kind}`, wide && 'is-wide', extra)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? prevent : onClick}
    >
      {busy ? <span class="kw-spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  )
}

/** A busy submit button must not submit a second time. */
function prevent(event: Event) {
  event.preventDefault()
}

export interface ButtonLinkProps {
  href: string
  kind?: ButtonKind | undefined
  icon?: IconName | undefined
  wide?: boolean | undefined
  /** Opens beside this page, as a card to print does. */
  newTab?: boolean | undefined
  children: ComponentChildren
}

/** A link that looks like a button: it leads somewhere (a call, a print-out) rather than doing something. */
export function ButtonLink({ href, kind = 'plain', icon, wide, newTab, children }: ButtonLinkProps) {
  const beside = newTab ? { target: '_blank', rel: 'noopener' } : {}
  return (
    <a class={classes('kw-button', `is-${kind}`, wide && 'is-wide')} href={href} {...beside}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  )
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'label' | 'children'> {
  /** What it does, in words: read out, and shown on hover. */
  label: string
  icon: IconName
  /** For a button that opens something. */
  expanded?: boolean | undefined
  kind?: 'quiet' | 'plain' | 'primary' | undefined
}

/** A button without visible words. Families get `Button` with words instead. */
export function IconButton({ label, icon, expanded, kind = 'quiet', class: extra, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      class={classes('kw-button', 'kw-icon-button', `is-${kind}`, extra)}
      aria-label={label}
      aria-expanded={expanded}
    >
      <Icon name={icon} />
    </button>
  )
}
