import type { ComponentChildren } from 'preact'
import { t } from '../../core/i18n'
import { Icon, type IconName } from '../icons'
import { Button } from './button'
import { classes } from './classes'

/** One step that a message offers. */
export interface Action {
  label: string
  onClick: () => void
}

export type BannerKind = 'info' | 'warn' | 'danger' | 'ok'

const bannerIcons: Record<BannerKind, IconName> = { info: 'info', warn: 'alert', danger: 'alert-triangle', ok: 'check' }

export interface BannerProps {
  kind: BannerKind
  children: ComponentChildren
  action?: Action | undefined
  icon?: IconName | undefined
  /** From edge to edge, above or below a view, instead of a card within it. */
  edge?: boolean | undefined
}

/** A sentence that stays until it is no longer true. What needs to be heard at once also goes through `announce`. */
export function Banner({ kind, children, action, icon = bannerIcons[kind], edge }: BannerProps) {
  return (
    <div class={classes('kw-banner', `is-${kind}`, edge && 'is-edge')}>
      <Icon name={icon} />
      <div class="kw-banner-text">{children}</div>
      {action && <Button kind="quiet" onClick={action.onClick}>{action.label}</Button>}
    </div>
  )
}

/** Grey rows in the place of a list that is being fetched; said once as "Loading". */
export function Skeleton({ rows = 3, label }: { rows?: number | undefined; label?: string | undefined }) {
  return (
    <div class="kw-skeleton">
      <span class="kw-hidden">{label ?? t('common.loading')}</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} class="kw-skeleton-row" aria-hidden="true"><i /><b /><s /></div>
      ))}
    </div>
  )
}

export interface EmptyStateProps {
  title: string
  text?: ComponentChildren
  icon?: IconName | undefined
  action?: Action | undefined
  children?: ComponentChildren
  /** The heading's level on its page; 2 unless told. */
  level?: 1 | 2 | 3 | undefined
}

/** Says what would be here, and what to do (B-48). */
export function EmptyState({ title, text, icon, action, children, level = 2 }: EmptyStateProps) {
  const Heading = `h${level}` as 'h2'
  return (
    <div class="kw-empty">
      {icon && <Icon name={icon} />}
      <Heading>{title}</Heading>
      {text && <p>{text}</p>}
      {action && <Button kind="primary" onClick={action.onClick}>{action.label}</Button>}
      {children}
    </div>
  )
}

/** A ring that turns while something is being fetched; under reduced motion it stands still beside its words. */
export function Spinner({ label }: { label?: string | undefined }) {
  return (
    <span class="kw-busy">
      <span class="kw-spinner" aria-hidden="true" />
      <span>{label ?? t('common.loading')}</span>
    </span>
  )
}
