import {
  CLOSE_MALFORMED, CLOSE_RESET, CLOSE_UNAUTHORIZED, SUBPROTOCOL, type ClientFrame, type Ephemeral, type ServerFrame,
} from '../wire.gen'
import { Acknowledger, failureOfBye } from './http'
import type { Failure, Sink, Transport, TransportOptions, TransportStats } from './transport'

const ACK_MS = 500
const PING_MS = 25_000 // keeps forgetful routers awake too

/** Receives over a WebSocket, signed in by the cookie. A refused handshake hides its reason: it counts as lost. */
export class Socket implements Transport {
  readonly method = 'websocket'
  readonly #o: TransportOptions
  readonly #stats: TransportStats = { requests: 1, received: 0 }
  readonly #acks: Acknowledger
  #sink: Sink | undefined
  #socket: WebSocket | undefined
  #bye: ServerFrame | undefined
  #pinged: number | undefined
  #cancelPing: (() => void) | undefined

  constructor(o: TransportOptions) {
    this.#o = o
    this.#acks = new Acknowledger(o.clock, ACK_MS, (cursor) => this.#send({ op: 'ack', cursor }))
  }

  open(cursor: string, sink: Sink): void {
    this.#sink = sink
    const make = this.#o.socket ?? browserSocket
    try {
      const socket = (this.#socket = make(`${this.#o.api.base}/feed/socket?cursor=${encodeURIComponent(cursor)}`, SUBPROTOCOL))
      socket.onmessage = (e) => this.#read(String(e.data))
      socket.onclose = (e) => this.#fail(this.#failureOf(e.code))
    } catch {
      this.#fail({ kind: 'lost' }) // a security policy may forbid sockets
    }
  }

  acknowledge(cursor: string): void {
    this.#acks.acknowledge(cursor)
  }

  close(): void {
    this.#sink = undefined
    this.#acks.close()
    this.#cancelPing?.()
    this.#socket?.close()
  }

  stats(): TransportStats {
    return { ...this.#stats }
  }

  #read(text: string): void {
    if (!this.#sink) return
    this.#stats.received += text.length
    let frame: ServerFrame
    try {
      frame = JSON.parse(text) as ServerFrame
    } catch {
      return this.#fail({ kind: 'lost' }) // rather than going on past what it held
    }
    this.#take(frame, this.#sink)
  }

  #take(f: ServerFrame, sink: Sink): void {
    if (f.op === 'ready') {
      sink.opened()
      this.#ping()
    } else if (f.op === 'changes') {
      sink.page({ cursor: f.cursor ?? '', changes: f.changes ?? [], ephemeral: [], more: false })
    } else if (f.op === 'ephemeral') {
      sink.page({ cursor: '', changes: [], ephemeral: passing(f), more: false })
    } else if (f.op === 'pong' && this.#pinged !== undefined) {
      this.#stats.latencyMs = this.#o.clock.now() - this.#pinged
      this.#pinged = undefined
    } else if (f.op === 'bye') {
      this.#bye = f
    }
    this.#sink?.heard(f.head) // what came before may have closed us
  }

  #ping(): void {
    this.#pinged = this.#o.clock.now()
    this.#send({ op: 'ping' })
    this.#cancelPing = this.#o.clock.after(PING_MS, () => this.#ping())
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState !== 1) return
    this.#socket.send(JSON.stringify(frame))
  }

  /** The close code says whether to come back, the bye before it says when. */
  #failureOf(code: number): Failure {
    if (code === CLOSE_RESET) return { kind: 'reset' }
    if (code === CLOSE_UNAUTHORIZED) return { kind: 'unauthenticated' }
    if (code >= CLOSE_MALFORMED && code < 5000) return { kind: 'refused' }
    return failureOfBye(this.#bye?.code, this.#bye?.retry_after_ms)
  }

  #fail(why: Failure): void {
    const sink = this.#sink
    this.close()
    sink?.failed(why)
  }
}

function passing(f: ServerFrame): Ephemeral[] {
  if (!f.type || !f.person) return []
  const { type, person, conversation, state } = f
  return [{ type, person, ...(conversation ? { conversation } : {}), ...(state ? { state } : {}) }]
}

export function browserSocket(path: string, protocol: string): WebSocket {
  const url = new URL(path, location.href)
  url.protocol = url.protocol.replace('http', 'ws') // older browsers take no relative or http address here
  return new WebSocket(url, protocol)
}
