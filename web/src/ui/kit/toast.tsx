import { useLater } from '../offline/later'
import { signal } from '../signals'
import { announce } from './announcer'
import type { Action } from './feedback'

/** One toast. */
export interface Item {
  id: number
  text: string
  action?: Action | undefined
}

/** What is to be shown now; toasts.tsx draws it. */
export const items = signal<readonly Item[]>([])
let next = 0

/**
 * Shows a sentence for at least 8 s at the foot of the page, and says it politely. It stays while the pointer or the focus
 * is in it. Nothing may be told by a toast alone that matters later. Returns how to take it away.
 */
export function toast(text: string, action?: Action): () => void {
  const item: Item = { id: ++next, text, action }
  items.value = [...items.value.slice(-2), item]
  announce(text)
  return () => drop(item.id)
}

/** Takes a toast away. */
export function drop(id: number): void {
  items.value = items.value.filter((item) => item.id !== id)
}

/** Holds the toasts; once per page. What draws them comes when the page stands: a toast that is told before waits for it. */
export function Toasts() {
  const late = useLater(() => import('./toasts'), 1000)
  return late ? <late.Toasts /> : null
}
