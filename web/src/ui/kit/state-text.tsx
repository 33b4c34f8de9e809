import { Icon, type IconName } from '../icons'
import { classes } from './classes'

/** What has become of an own message. */
export type SendState = 'sending' | 'waiting' | 'sent' | 'delivered' | 'read' | 'failed'

const stateIcons: Record<SendState, IconName> = {
  sending: 'clock', waiting: 'clock', sent: 'check', delivered: 'check-check', read: 'eye', failed: 'alert-triangle',
}

/** The state of an own message, as word and icon (B-13). */
export function StateText({ state, text }: { state: SendState; text: string }) {
  return (
    <span class={classes('kw-state', `is-${state}`)}>
      <Icon name={stateIcons[state]} />
      <span>{text}</span>
    </span>
  )
}
