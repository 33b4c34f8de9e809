// What the picker says about the methods and their figures.

import { t, tag } from '../../core/i18n'
import type { Key } from '../../core/keys.gen'
import type { Choice } from '../../core/line'
import type { Method } from '../../core/transports/transport'
import { amount } from './amount'

/** The methods in the order in which Automatic tries them. */
export const methods: readonly Method[] = ['websocket', 'sse', 'long-poll', 'poll']

const hints = {
  automatic: 'connection.automatic_hint',
  websocket: 'connection.websocket_hint',
  sse: 'connection.sse_hint',
  'long-poll': 'connection.long_poll_hint',
  poll: 'connection.poll_hint',
} as const satisfies Record<Choice, Key>

/** What a method means for the person, in one sentence. */
export const methodHint = (c: Choice): string => t(hints[c])

/** Bytes in kilobytes, from a million on in megabytes: "14 kB". */
export function size(bytes: number): string {
  return bytes < 1_000_000 ? amount(bytes / 1000, 'kilobyte') : amount(bytes / 1_000_000, 'megabyte')
}

/** Time of day with seconds, as one wants to see it when testing a connection. */
export function moment(ms: number): string {
  return new Intl.DateTimeFormat(tag(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms)
}
