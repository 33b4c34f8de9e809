import type { ReadonlySignal, Signal } from '@preact/signals-core'

/** Writes a signal that everybody but its owner only reads. Call it for one's own signals only. */
export function set<T>(own: ReadonlySignal<T>, value: T): void {
  (own as Signal<T>).value = value
}
