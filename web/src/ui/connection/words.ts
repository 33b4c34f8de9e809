// What the connection's states are called; measures.ts has the words of the figures.

import { t } from '../../core/i18n'
import type { Key } from '../../core/keys.gen'
import type { Choice, LineState } from '../../core/line'
import { duration } from '../../core/when'

const names = {
  automatic: 'connection.automatic',
  websocket: 'connection.websocket',
  sse: 'connection.sse',
  'long-poll': 'connection.long_poll',
  poll: 'connection.poll',
} as const satisfies Record<Choice, Key>

/** A method's name, as the picker and the badge say it. */
export const methodName = (c: Choice): string => t(names[c])

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
