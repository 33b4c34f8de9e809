import type { ReadonlySignal } from '@preact/signals-core'
import type { Api } from '../api'
import type { Clock } from '../clock'
import type { Change, Ephemeral } from '../wire.gen'

/** The four ways of receiving. All carry the same feed with the same cursor. */
export type Method = 'websocket' | 'sse' | 'long-poll' | 'poll'

/** Best first: the order of the automatic choice, and of every list that people see. */
export const methods: readonly Method[] = ['websocket', 'sse', 'long-poll', 'poll']

/** Whoever uses a transport. The calls come in the order of the feed, and none after `close` or `failed`. */
export interface Sink {
  /** The server itself has answered: live. */
  opened(): void
  /** A cursor of '' is "as before". */
  page(p: { cursor: string; changes: Change[]; ephemeral: Ephemeral[]; more: boolean }): void
  /** Any sign of life, heartbeats too. `head` is the version of the newest change in the deployment, anybody's. */
  heard(head?: number): void
  /** Once; the transport is closed then. */
  failed(why: Failure): void
}

/**
 * `lost`: no answer, a cut line, a server that asks us to come back. `refused`: an answer that trying again won't change.
 * `retryAfterMs` is the least pause that the server asked for.
 */
export type Failure = { kind: 'reset' | 'unauthenticated' | 'lost' | 'refused'; retryAfterMs?: number }

/** One connection: `open` is called once, and after `close` or a failure it is of no more use. */
export interface Transport {
  readonly method: Method
  open(cursor: string, sink: Sink): void
  /** Everything up to `cursor` has been applied. Only messages need it; it is sent in bundles. */
  acknowledge(cursor: string): void
  close(): void
  stats(): TransportStats
}

export interface TransportStats {
  requests: number
  /** Bytes. */
  received: number
  /** The last request to its answer, or ping to pong. */
  latencyMs?: number
}

/** What the transports are made with. */
export interface TransportOptions {
  api: Api
  clock: Clock
  /** Of polling. */
  intervalS: ReadonlySignal<number>
  /** Makes a WebSocket for a path of the API; default: the browser's, at the API's own place. */
  socket?: ((path: string, protocol: string) => WebSocket) | undefined
}
