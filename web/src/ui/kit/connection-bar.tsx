import type { ComponentChildren } from 'preact'
import type { IconName } from '../icons'
import { wifi, wifiOff } from '../rare-icons'
import { Banner, type Action, type BannerKind } from './feedback'

/** How the connection is, for its look only; the words say it. */
export type ConnectionLook = 'live' | 'connecting' | 'waiting' | 'offline' | 'problem'

const connectionIcons: Record<ConnectionLook, IconName> = {
  live: wifi, connecting: 'refresh', waiting: 'refresh', offline: wifiOff, problem: 'alert-triangle',
}
const connectionKinds: Record<ConnectionLook, BannerKind> = {
  live: 'ok', connecting: 'warn', waiting: 'warn', offline: 'warn', problem: 'danger',
}

/** The bar above a view that says how the connection is (B-33). */
export function ConnectionBar({ state, text, action }: {
  state: ConnectionLook
  text: ComponentChildren
  action?: Action | undefined
}) {
  return <Banner edge kind={connectionKinds[state]} icon={connectionIcons[state]} action={action}>{text}</Banner>
}
