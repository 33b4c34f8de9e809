import type { ReadonlySignal, Signal } from '@preact/signals-core'
import type { Stats } from './tally'
import type { Method } from './transports/transport'
import type { Change, Ephemeral, Snapshot } from './wire.gen'

export type Choice = 'automatic' | Method

export type LineState =
  | { is: 'live' }
  | { is: 'connecting' }
  | { is: 'waiting'; until: number /* ms since 1970 */ }
  | { is: 'offline' }
  | { is: 'stopped' } // signed out, or closed

/** What the connection needs to know of the device; ui/surroundings.ts tells it from the page. */
export interface Surroundings {
  readonly visible: ReadonlySignal<boolean>
  readonly online: ReadonlySignal<boolean>
}

/** Changes in their order. A cursor of '' is "as before". */
export interface FeedPage {
  cursor: string
  changes: readonly Change[]
  ephemeral: readonly Ephemeral[]
}

/** How far this tab has the feed, and what takes in more of it. Both calls move the cursor, and throw if the store fails. */
export interface Feed {
  /** '' while there is nothing to go on from: then a snapshot comes first. */
  cursor: string
  take(page: FeedPage): void
  reset(s: Snapshot): void
}

/** What is shown of the connection, whichever tab holds it. */
export interface Shown {
  readonly method: Signal<Method>
  readonly state: Signal<LineState>
  /** Ms since 1970; undefined while live or stopped. */
  readonly troubledSince: Signal<number | undefined>
  readonly stats: Signal<Stats>
}

/** Calls `f` at each change, and not now. */
export function onChange<T>(s: ReadonlySignal<T>, f: (value: T) => void): () => void {
  let first = true
  return s.subscribe((value) => {
    if (!first) f(value)
    first = false
  })
}
