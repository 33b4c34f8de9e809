import type { Method, Sink, Transport, TransportStats } from './transport'

/** A transport whose code is fetched when it is opened. Where that fails, the line counts as lost: it is tried again, or another one. */
export class Late implements Transport {
  readonly method: Method
  readonly #make: () => Promise<Transport>
  #made: Transport | undefined
  #closed = false

  constructor(method: Method, make: () => Promise<Transport>) {
    this.method = method
    this.#make = make
  }

  open(cursor: string, sink: Sink): void {
    this.#make().then((made) => {
      if (this.#closed) return
      this.#made = made
      made.open(cursor, sink)
    }, () => { if (!this.#closed) sink.failed({ kind: 'lost' }) })
  }

  acknowledge(cursor: string): void {
    this.#made?.acknowledge(cursor)
  }

  close(): void {
    this.#closed = true
    this.#made?.close()
  }

  stats(): TransportStats {
    return this.#made?.stats() ?? { requests: 0, received: 0 }
  }
}
