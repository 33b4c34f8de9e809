import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { useKinward } from '../context'
import { VisuallyHidden } from '../kit'
import { ConnectionPicker } from './lazy'
import { methodName, stateText } from './words'

/** How the connection is, in words, for the header of staff: "Live · WebSocket". A press opens the choice of methods. */
export function ConnectionBadge() {
  const { line } = useKinward()
  const [open, setOpen] = useState(false)
  const state = line.state.value
  const text = state.is === 'live' ? t('connection.live_method', { method: methodName(line.method.value) }) : stateText(state)
  return (
    <>
      <button type="button" class={`kw-line-badge is-${state.is}`} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <VisuallyHidden>{t('connection.connection')} </VisuallyHidden>
        <span>{text}</span>
      </button>
      <ConnectionPicker open={open} onClose={() => setOpen(false)} />
    </>
  )
}
