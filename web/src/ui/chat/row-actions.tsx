import { useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../../core/i18n'
import { toast } from '../kit'
import { MenuButton, type MenuItem } from '../kit/menu'
import * as rare from '../rare-icons'
import { copyText } from './copy'
import type { RowMenuProps } from './row-menu'

/** The menu of a message, open from the beginning. `label` is on its button. */
export default function RowActions({ label, ...row }: RowMenuProps & { label: string }) {
  const anchor = useRef<HTMLSpanElement>(null)
  useLayoutEffect(() => anchor.current?.querySelector('button')?.click(), [])
  return (
    <span ref={anchor}>
      <MenuButton label={label} words={row.scope.audience === 'family'} kind="quiet" items={items(row)} />
    </span>
  )
}

function items({ scope, entry: { message, outgoing }, own }: RowMenuProps): MenuItem[] {
  const text = message?.text ?? outgoing?.text ?? ''
  const writable = scope.writable()
  const list: MenuItem[] = []
  if (message && writable) list.push({ label: t('chat.reply'), icon: rare.reply, onSelect: () => scope.reply(message) })
  list.push({ label: t('chat.copy'), icon: rare.copy, onSelect: () => void copy(text) })
  if (message?.kind !== 'text' || !own || !writable) return list
  list.push({ label: t('chat.correct'), icon: rare.pencil, onSelect: () => scope.correct(message) })
  list.push({ label: t('chat.retract'), icon: rare.undo, danger: true, separated: true, onSelect: () => scope.retract(message) })
  return list
}

async function copy(text: string): Promise<void> {
  toast(t(await copyText(text) ? 'chat.copied' : 'chat.not_copied'))
}
