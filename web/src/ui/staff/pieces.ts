import { useEffect } from 'preact/hooks'
import { lazy } from '../lazy'

/** The code of what opens above the page of staff, fetched beside it. */
export const Switcher = lazy('piece', () => import('./switcher'))
export const StaffDialog = lazy('piece', () => import('./dialogs'))

/** Fetches the search as soon as the page stands: who presses its keys types on at once. */
export function useSwitcherSoon(): void {
  useEffect(() => {
    const timer = setTimeout(() => void Switcher.foresee(), 500)
    return () => clearTimeout(timer)
  }, [])
}
