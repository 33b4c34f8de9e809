import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Entry } from '../../core/transcript'
import { classes, MenuButton, toast, type MenuItem } from '../kit'
import { copyText } from './copy'
import type { Scope } from './scope'

interface RowMenuProps {
  scope: Scope
  entry: Entry
  own: boolean
}

/**
 * What can be done with a message. Each of 250 rows has a plain button only; the menu itself is made when that is pressed,
 * and goes when the focus leaves it.
 */
export function RowMenu(props: RowMenuProps) {
  const [open, setOpen] = useState(false)
  const anchor = useRef<HTMLSpanElement>(null)
  useLayoutEffect(() => {
    if (open) anchor.current?.querySelector('button')?.click()
  }, [open])
  const family = props.scope.audience === 'family'
  const label = family ? t('chat.more') : t('chat.actions')
  return (
    <span
      ref={anchor}
      class={classes('kw-more', open && 'is-open')}
      onFocusOut={(event) => {
        if (!anchor.current?.contains(event.relatedTarget as Node | null)) setOpen(false)
      }}
    >
      {open
        ? <MenuButton label={label} words={family} kind="quiet" items={items(props)} />
        : (
          <button
            type="button"
            class="kw-button is-quiet"
            tabIndex={-1}
            aria-haspopup="menu"
            aria-label={family ? undefined : label}
            onClick={() => setOpen(true)}
          >
            {family ? label : <span class="kw-dots" aria-hidden="true">⋯</span>}
          </button>
        )}
    </span>
  )
}

function items({ scope, entry: { message, outgoing }, own }: RowMenuProps): MenuItem[] {
  const text = message?.text ?? outgoing?.text ?? ''
  const writable = scope.writable()
  const list: MenuItem[] = []
  if (message && writable) list.push({ label: t('chat.reply'), icon: 'reply', onSelect: () => scope.reply(message) })
  list.push({ label: t('chat.copy'), icon: 'copy', onSelect: () => void copy(text) })
  if (message?.kind !== 'text' || !own || !writable) return list
  list.push({ label: t('chat.correct'), icon: 'pencil', onSelect: () => scope.correct(message) })
  list.push({ label: t('chat.retract'), icon: 'undo', danger: true, separated: true, onSelect: () => scope.retract(message) })
  return list
}

async function copy(text: string): Promise<void> {
  toast(t(await copyText(text) ? 'chat.copied' : 'chat.not_copied'))
}
