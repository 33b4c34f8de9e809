import type { ComponentChildren } from 'preact'
import { t, tag } from '../../core/i18n'
import { Icon, type IconName } from '../icons'
import * as desk from '../desk-icons'
import { classes } from './classes'

export interface BadgeProps {
  /** Nothing is drawn for 0. */
  count: number
  /** What the number counts, in words, with the number: "2 unread". Leave it out where the words stand beside it anyway. */
  label?: string | undefined
}

/** A number of things that wait for the reader; more than 99 are "99+". */
export function Badge({ count, label }: BadgeProps) {
  if (count < 1) return null
  return (
    <span class="kw-badge">
      <span aria-hidden={label ? 'true' : undefined}>{count > 99 ? '99+' : count}</span>
      {label && <span class="kw-hidden">{label}</span>}
    </span>
  )
}

/** How pressing a wait is: of no note, half an hour, an hour. */
export type WaitLevel = 'none' | 'amber' | 'terracotta'

export interface WaitTagProps {
  minutes: number
  /** Where a ward sets its own limits; else 30 and 60 minutes (B-29). */
  level?: WaitLevel | undefined
}

/** How long somebody has waited for an answer, always in words. */
export function WaitTag({ minutes, level = minutes >= 60 ? 'terracotta' : minutes >= 30 ? 'amber' : 'none' }: WaitTagProps) {
  return (
    <span class={classes('kw-tag', `is-${level}`)}>
      <Icon name={desk.hourglass} />
      <span>{minutes < 1 ? t('core.waiting_now') : t('common.waiting', { time: spanWords(minutes) })}</span>
    </span>
  )
}

/** "42 min", "3 hr 5 min", "2 days" in the language of the page; the smaller unit is left out where it says little. */
export function spanWords(minutes: number): string {
  const unit = (count: number, name: 'minute' | 'hour' | 'day', unitDisplay: 'short' | 'long' = 'short') =>
    new Intl.NumberFormat(tag(), { style: 'unit', unit: name, unitDisplay }).format(count)
  const whole = Math.max(0, Math.floor(minutes))
  if (whole < 60) return unit(whole, 'minute')
  if (whole >= 48 * 60) return unit(Math.floor(whole / 1440), 'day', 'long')
  const rest = whole % 60
  const hours = unit(Math.floor(whole / 60), 'hour')
  return rest && whole < 600 ? `${hours} ${unit(rest, 'minute')}` : hours
}

export interface TagProps {
  kind?: 'none' | 'ok' | 'warn' | 'danger' | 'info' | 'primary' | undefined
  icon?: IconName | undefined
  children: ComponentChildren
}

/** A short word about a thing: "joined", "expired". */
export function Tag({ kind = 'none', icon, children }: TagProps) {
  return (
    <span class={classes('kw-tag', `is-${kind}`)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </span>
  )
}

export interface AvatarProps {
  name: string
  /** Said of the person in words elsewhere; here it is only a dot. */
  online?: boolean | undefined
  size?: 's' | 'm' | 'l' | undefined
}

/** Initials on a soft tint that stays the same for a name. Decorative: the name stands beside it, so the letters are no text. */
export function Avatar({ name, online, size = 'm' }: AvatarProps) {
  return (
    <span
      class={classes('kw-avatar', `is-${size}`, `is-tint-${tint(name)}`, online && 'is-online')}
      data-initials={initials(name)}
      aria-hidden="true"
    />
  )
}

/** First letters of the first and the last word, as a reader of the script counts letters; titles with a dot are left out. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => word && !word.endsWith('.') && word !== 'Dr')
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : undefined]
    .map((word) => [...(word ?? '')].find((letter) => /\p{L}|\p{N}/u.test(letter)) ?? '')
  // Arabic letters would join to what reads as a word: a mark without width keeps them apart. Beside Chinese ones it would only
  // do harm: WebKitGTK then looks for one font that has both, and draws a box.
  return letters.join(/\p{Script=Arabic}/u.test(letters[0] ?? '') ? '\u200c' : '').toLocaleUpperCase()
}

/** 1 to 6, spread evenly and the same everywhere (FNV-1a). */
export function tint(name: string): number {
  let hash = 0x811c9dc5
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return ((hash ^ (hash >>> 15)) >>> 0) % 6 + 1
}

/** A word with a dot, as for a connection that is live. */
export function Dot({ kind, children }: { kind: 'ok' | 'warn' | 'danger' | 'none'; children: ComponentChildren }) {
  return <span class={classes('kw-dot', `is-${kind}`)}>{children}</span>
}
