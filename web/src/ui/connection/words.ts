// What the connection's states and figures are called.

import { t, tag } from '../../core/i18n'
import type { Key } from '../../core/keys.gen'
import type { Choice, LineState } from '../../core/line'
import { duration } from '../../core/time'
import type { Method } from '../../core/transports/transport'

/** The methods in the order in which Automatic tries them. */
export const methods: readonly Method[] = ['websocket', 'sse', 'long-poll', 'poll']

const names = {
  automatic: 'connection.automatic',
  websocket: 'connection.websocket',
  sse: 'connection.sse',
  'long-poll': 'connection.long_poll',
  poll: 'connection.poll',
} as const satisfies Record<Choice, Key>

const hints = {
  automatic: 'connection.automatic_hint',
  websocket: 'connection.websocket_hint',
  sse: 'connection.sse_hint',
  'long-poll': 'connection.long_poll_hint',
  poll: 'connection.poll_hint',
} as const satisfies Record<Choice, Key>

/** A method's name, as the picker and the badge say it. */
export const methodName = (c: Choice): string => t(names[c])

/** What a method means for the person, in one sentence. */
export const methodHint = (c: Choice): string => t(hints[c])

/** The state in a word or two. */
export function stateText(state: LineState): string {
  switch (state.is) {
    case 'live': return t('connection.live')
    case 'connecting': return t('connection.connecting')
    case 'waiting': return t('connection.reconnecting')
    case 'offline': return t('connection.offline')
    case 'stopped': return t('connection.stopped')
  }
}

/** How long until a moment, "8 sec", never less than one second. */
export function countdown(until: number, now: number): string {
  return duration(1000 * Math.max(1, Math.ceil((until - now) / 1000)))
}

/** A number with its unit in the reader's language: "38 ms". */
export function amount(n: number, unit: string, unitDisplay: 'short' | 'long' = 'short'): string {
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay, maximumFractionDigits: n < 10 ? 1 : 0 }).format(n)
}

/** Bytes in kilobytes, from a million on in megabytes: "14 kB". */
export function size(bytes: number): string {
  return bytes < 1_000_000 ? amount(bytes / 1000, 'kilobyte') : amount(bytes / 1_000_000, 'megabyte')
}

/** Time of day with seconds, as one wants to see it when testing a connection. */
export function moment(ms: number): string {
  return new Intl.DateTimeFormat(tag(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms)
}
