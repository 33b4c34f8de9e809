import type { Surroundings } from '../core/line'
import { signal } from './signals'

/**
 * Whether another site's page shows this one. There is no cookie there, nothing that opens beside the page is signed in, and
 * what the browser offers to whole pages (installing, working offline) is not for it.
 */
export const framed = self !== top

/** Whether somebody is busy with the page around this one: what they type there must not land here. */
export function elsewhere(): boolean {
  return framed && !document.hasFocus()
}

/** Whether the page is looked at, and whether the device has a network, for as long as the page lives. */
export function watchSurroundings(): Surroundings {
  const visible = signal(document.visibilityState === 'visible')
  const online = signal(navigator.onLine)
  const look = (): void => {
    visible.value = document.visibilityState === 'visible'
    online.value = navigator.onLine
  }
  document.addEventListener('visibilitychange', look)
  for (const event of ['online', 'offline', 'pageshow', 'focus']) addEventListener(event, look)
  return { visible, online }
}

/** What the tabs of this browser use to keep in step; each may be missing, on plain HTTP or in a private window. */
export function tabServices(): { locks: LockManager | undefined; channel: ((name: string) => BroadcastChannel) | undefined } {
  const locks = (navigator as { locks?: LockManager }).locks
  return { locks, channel: typeof BroadcastChannel === 'undefined' ? undefined : (name) => new BroadcastChannel(name) }
}
