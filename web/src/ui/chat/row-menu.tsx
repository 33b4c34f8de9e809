import { useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Entry } from '../../core/transcript'
import { classes, toast } from '../kit'
import { lazy } from '../lazy'
import type { Scope } from './scope'

const Actions = lazy('piece', () => import('./row-actions'))

export interface RowMenuProps {
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
  const show = async () => {
    if (await Actions.foresee()) setOpen(true)
    else toast(t('connection.picker_missing'))
  }
  const family = props.scope.audience === 'family'
  const label = family ? t('chat.more') : t('chat.actions')
  return (
    <span
      ref={anchor}
      class={classes('kw-more', open && 'is-open')}
      onFocusOut={(event) => {
        // The plain button loses the focus too, as it goes to make room for the menu.
        const plain = (event.target as Element).matches('.is-idle')
        if (!plain && !anchor.current?.contains(event.relatedTarget as Node | null)) setOpen(false)
      }}
    >
      {open
        ? <Actions {...props} label={label} />
        : (
          <button
            type="button"
            class="kw-button is-quiet is-idle"
            tabIndex={-1}
            aria-haspopup="menu"
            aria-label={family ? undefined : label}
            onClick={() => void show()}
          >
            {family ? label : '⋮'}
          </button>
        )}
    </span>
  )
}
