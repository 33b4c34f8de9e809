import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from '../icons'
import * as desk from '../desk-icons'
import * as rare from '../rare-icons'
import { Button, IconButton, type ButtonKind } from './button'
import { classes } from './classes'
import { lift, place } from './place'

export interface MenuItem {
  label: string
  icon?: IconName | undefined
  onSelect: () => void
  /** The step loses something; it stands apart by colour and wording. */
  danger?: boolean | undefined
  disabled?: boolean | undefined
  /** For one of several: drawn with a tick, said as chosen or not. */
  checked?: boolean | undefined
  /** A line above it. */
  separated?: boolean | undefined
}

export interface MenuButtonProps {
  /** The words on the button; with `icon` and without `words` they are read out only. */
  label: string
  items: readonly MenuItem[]
  icon?: IconName | undefined
  /** Show the label beside the icon. */
  words?: boolean | undefined
  kind?: ButtonKind | undefined
  /** Which edge of the button the menu lines up with. */
  align?: 'start' | 'end' | undefined
}

/** A button that opens a menu, after the APG: arrows, Home, End, first letters, Esc and Tab. */
export function MenuButton({ label, items, icon = rare.moreVertical, words, kind, align = 'end' }: MenuButtonProps) {
  const [open, setOpen] = useState<'' | 'first' | 'last'>('')
  const button = useRef<HTMLSpanElement>(null)
  const id = useId()
  const shared = {
    'aria-haspopup': 'menu' as const,
    'aria-expanded': open !== '',
    'aria-controls': open ? id : undefined,
    onClick: () => setOpen(open ? '' : 'first'),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
      event.preventDefault()
      setOpen(event.key === 'ArrowDown' ? 'first' : 'last')
    },
  }
  const close = (refocus: boolean) => {
    setOpen('')
    if (refocus) button.current?.querySelector('button')?.focus()
  }
  return (
    <span class="kw-menu-anchor" ref={button}>
      {words ? (
        <Button {...shared} kind={kind ?? 'plain'} icon={icon === rare.moreVertical ? undefined : icon}>
          <span class="kw-menu-label">{label}<Icon name={desk.chevronDown} /></span>
        </Button>
      ) : (
        <IconButton {...shared} kind={kind === 'danger' ? 'quiet' : kind} label={label} icon={icon} expanded={open !== ''} />
      )}
      {open && <Menu id={id} label={label} items={items} start={open} anchor={button} align={align} onClose={close} />}
    </span>
  )
}

interface MenuProps {
  id: string
  label: string
  items: readonly MenuItem[]
  start: 'first' | 'last'
  anchor: { current: HTMLElement | null }
  align: 'start' | 'end'
  onClose: (refocus: boolean) => void
}

function Menu({ id, label, items, start, anchor, align, onClose }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  const entries = () => [...(menu.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
  useLayoutEffect(() => {
    if (!menu.current || !anchor.current) return
    lift(menu.current)
    const end = place(anchor.current, menu.current, align)
    entries().at(start === 'first' ? 0 : -1)?.focus()
    return end
  }, [])
  useEffect(() => {
    const outside = (event: Event) => {
      if (!anchor.current?.contains(event.target as Node)) onClose(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  })
  const keyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Tab') return onClose(true)
    if (event.key === 'Escape') {
      event.preventDefault()
      return onClose(true)
    }
    const to = step(event, entries())
    if (!to) return
    event.preventDefault()
    to.focus()
  }
  return (
    <div ref={menu} id={id} role="menu" class="kw-menu kw-layer" aria-label={label} onKeyDown={keyDown}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          tabIndex={-1}
          class={classes('kw-menu-item', item.danger && 'is-danger', item.separated && 'is-separated')}
          aria-checked={item.checked}
          aria-disabled={item.disabled || undefined}
          onClick={() => {
            if (item.disabled) return
            onClose(true)
            item.onSelect()
          }}
        >
          {item.checked !== undefined && <Icon name="check" class={item.checked ? '' : 'is-off'} />}
          {item.checked === undefined && item.icon && <Icon name={item.icon} />}
          <span>{item.label}</span>
        </button>
      ))}
    </div>
  )
}

/** Where a key leads to among the entries of a menu. */
function step(event: KeyboardEvent, entries: HTMLElement[]): HTMLElement | undefined {
  const at = entries.indexOf(document.activeElement as HTMLElement)
  const count = entries.length
  switch (event.key) {
    case 'ArrowDown': return entries[(at + 1) % count]
    case 'ArrowUp': return entries[(at - 1 + count) % count]
    case 'Home': return entries[0]
    case 'End': return entries[count - 1]
  }
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return undefined
  const letter = event.key.toLocaleLowerCase()
  const starts = (entry: HTMLElement) => entry.textContent?.trim().toLocaleLowerCase().startsWith(letter)
  return [...entries.slice(at + 1), ...entries.slice(0, at + 1)].find(starts)
}
