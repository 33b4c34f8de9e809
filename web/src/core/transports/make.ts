import { Polling } from './poll'
import { Events } from './sse'
import type { Method, Transport, TransportOptions } from './transport'
import { Socket } from './websocket'

/** A new, unopened transport. */
export function makeTransport(method: Method, o: TransportOptions): Transport {
  if (method === 'websocket') return new Socket(o)
  if (method === 'sse') return new Events(o)
  return new Polling(method, o)
}
