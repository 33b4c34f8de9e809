import { signal } from '@preact/signals-core'
import type { Channel, Identity } from '../../src/core/identity'
import { Line, type Choice, type LineOptions } from '../../src/core/line'
import type { FakeClock } from './clock'
import type { FakeServer } from './server'

/** One tab with its line, and a store that counts what it was given. */
export class Tab {
  readonly visible = signal(true)
  readonly online = signal(true)
  readonly choice = signal<Choice>('automatic')
  readonly intervalS = signal(5)
  /** Texts in the order in which they came. */
  texts: string[] = []
  snapshots = 0
  signedOut = 0
  readonly line: Line

  constructor(server: FakeServer, clock: FakeClock, more: Partial<LineOptions> & { identity?: Identity } = {}) {
    const { identity, ...options } = more
    this.line = new Line({
      api: server.api(clock, identity), person: 'ana', surroundings: { visible: this.visible, online: this.online },
      choice: this.choice, intervalS: this.intervalS, cursor: server.cursor(), clock, socket: server.socket,
      apply: (changes) => this.texts.push(...changes.map((c) => c.message?.text ?? '')),
      reset: () => this.snapshots++,
      signedOut: () => this.signedOut++,
      ...options,
    })
  }

  get state(): string {
    return this.line.state.value.is
  }
}

/** The Web Locks of one browser. */
export class FakeLocks {
  #queues = new Map<string, Request[]>()

  async request(name: string, o: LockOptions, f: () => Promise<void> | undefined): Promise<void> {
    const queue = this.#queues.get(name) ?? []
    this.#queues.set(name, queue)
    return new Promise((resolve, reject) => {
      const request: Request = { f, resolve, reject }
      if (o.steal) {
        const [holder] = queue
        if (holder?.held) queue.shift()
        holder?.held && holder.reject(new DOMException('stolen', 'AbortError'))
        queue.unshift(request)
      } else {
        queue.push(request)
      }
      o.signal?.addEventListener('abort', () => {
        if (request.held) return
        queue.splice(queue.indexOf(request), 1)
        reject(new DOMException('aborted', 'AbortError'))
      })
      this.#grant(queue)
    })
  }

  #grant(queue: Request[]): void {
    const [next] = queue
    if (!next || next.held) return
    next.held = true
    queueMicrotask(async () => {
      await next.f()
      if (queue[0] !== next) return // stolen
      queue.shift()
      next.resolve()
      this.#grant(queue)
    })
  }
}

interface Request {
  f: () => Promise<void> | undefined
  held?: boolean
  resolve: () => void
  reject: (e: Error) => void
}

/** The BroadcastChannel of one browser. A frozen tab neither hears nor says anything. */
export class FakeChannels {
  #ends = new Set<Channel & { name: string; frozen: () => boolean }>()

  open = (frozen: () => boolean = () => false) => (name: string): Channel => {
    const end = {
      name, frozen,
      onmessage: null as Channel['onmessage'],
      postMessage: (data: unknown) => frozen() || this.#pass(end, structuredClone(data)),
      close: () => void this.#ends.delete(end),
    }
    this.#ends.add(end)
    return end
  }

  #pass(from: { name: string }, data: unknown): void {
    for (const end of this.#ends) {
      if (end === from || end.name !== from.name) continue
      queueMicrotask(() => this.#ends.has(end) && !end.frozen() && end.onmessage?.({ data } as MessageEvent))
    }
  }
}
