import { Polling } from './poll'
import { Late } from './late'
import type { Method, Transport, TransportOptions } from './transport'
import { Socket } from './websocket'

/** A new, unopened transport. */
export function makeTransport(method: Method, o: TransportOptions): Transport {
  if (method === 'websocket') return new Socket(o)
  // Hardly anybody needs it: it is the second choice, where WebSockets do not get through.
  if (method === 'sse') return new Late(method, async () => new (await import('./sse')).Events(o))
  return new Polling(method, o)
}
