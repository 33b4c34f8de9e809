import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Kinward } from '../core/kinward'
import { signal, type ReadonlySignal } from './signals'

export { useTitle } from './alerts/title'

export const KinwardContext = createContext<Kinward | undefined>(undefined)

/** The signed-in client. Only below routes/app, which shows nothing of a person's before there is one. */
export function useKinward(): Kinward {
  const kinward = useContext(KinwardContext)
  if (!kinward) throw new Error('useKinward outside of a signed-in page')
  return kinward
}

const settings = signal(false)
const leaving = signal(false)
const locking = signal(0)

/** What pages have asked of the shell around them; routes/app does it. */
export const asked: {
  readonly settings: ReadonlySignal<boolean>
  readonly leaving: ReadonlySignal<boolean>
  readonly locking: ReadonlySignal<number>
} = { settings, leaving, locking }

/** Shows or hides the settings dialog. */
export function openSettings(open = true): void {
  settings.value = open
}

/** Asks to sign out: at once, or after a question where something has not been sent. False takes it back. */
export function askToSignOut(ask = true): void {
  leaving.value = ask
}

/** Hides everything until the own password is given. Only staff and administrators have a lock; others see no change. */
export function lockNow(): void {
  locking.value++
}
