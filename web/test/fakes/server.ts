import { Api } from '../../src/core/api'
import type { Clock } from '../../src/core/clock'
import type { Identity } from '../../src/core/identity'
import type { Change, ClientFrame, Ephemeral, ServerFrame } from '../../src/core/wire.gen'

type Listener = () => void

/**
 * The feed of one person as the server keeps it, with what a network does to it. Cursors are `<epoch>.<version>`. Time
 * limits of held requests are the caller's: `expire` ends them.
 */
export class FakeServer {
  epoch = 'e1'
  changes: Change[] = []
  /** Paths, with the query, in the order asked. */
  asked: string[] = []
  acked: string[] = []
  /** Answers a path in the server's place. */
  instead: ((path: string) => Response | Promise<Response> | undefined) | undefined
  /** Lets go of the answers that are held back since `slow`. */
  release: (() => void) | undefined
  /** 'cut': new sockets fail. 'silent': they tell nothing. 'slow': the test opens them. */
  sockets: 'open' | 'cut' | 'silent' | 'slow' = 'open'
  streams: 'open' | 'silent' = 'open'
  /** Streams that are open tell no changes, and no one answers a ping. */
  deaf = false
  readonly live = new Set<FakeSocket | FakeStream>()
  readonly #listeners = new Set<Listener>()
  #wait: Promise<void> | undefined
  #held = new Set<(e?: Error) => void>()

  api(clock: Clock, identity?: Identity): Api {
    return new Api({ clock, fetch: (url, init) => this.#fetch(String(url), init), ...(identity ? { identity } : {}) })
  }

  socket = (path: string): WebSocket => {
    this.asked.push(path)
    return new FakeSocket(this, cursorOf(path)) as unknown as WebSocket // has what the transport uses
  }

  get version(): number {
    return this.changes.length
  }

  cursor(version = this.version): string {
    return `${this.epoch}.${version}`
  }

  /** A new message; the connections are told of it. */
  say(text = ''): void {
    const version = this.version + 1
    const who = { conversation: 'c', id: `m${version}`, sender: 'p' }
    const message = { ...who, seq: version, text, kind: 'text', created_at: '', version }
    this.changes.push({ version, type: 'message', conversation: 'c', message })
    for (const tell of [...this.#listeners]) tell()
  }

  /** The heartbeat of every stream. */
  beat(): void {
    for (const connection of this.live) connection.beat()
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const connection of [...this.live]) connection.cut()
  }

  /** Ends the requests that are held, as if their time was up. */
  expire(): void {
    for (const end of [...this.#held]) end()
  }

  /** Ends them as a proxy does that is out of patience. */
  hangUp(): void {
    for (const end of [...this.#held]) end(new TypeError('network error'))
  }

  since(cursor: string): Change[] | undefined {
    const [epoch, version] = cursor.split('.')
    if (epoch !== this.epoch || Number(version) > this.version) return undefined
    return this.changes.slice(Number(version))
  }

  listen(f: Listener): () => void {
    this.#listeners.add(f)
    return () => this.#listeners.delete(f)
  }

  async #fetch(url: string, init?: RequestInit): Promise<Response> {
    const path = url.replace('/api/v1', '')
    this.asked.push(path)
    init?.signal?.throwIfAborted()
    const other = await this.instead?.(path)
    if (other) return other
    if (path === '/conversations') return this.#late(json({ conversations: [], cursor: this.cursor() }))
    const cursor = cursorOf(path)
    if (path.startsWith('/feed/events')) return this.#events(cursor, init?.signal)
    if (!path.startsWith('/feed')) return json({})
    if (!this.since(cursor)) return problem(410, 'reset')
    this.acked.push(cursor)
    const wait = Number(new URLSearchParams(path.split('?')[1]).get('wait'))
    if (wait > 0 && this.since(cursor)?.length === 0) await this.#hold(init?.signal)
    if (!this.since(cursor)) return problem(410, 'reset')
    return this.#late(json(this.page(cursor)))
  }

  /** From now on plain requests are answered as things are then, but when the test calls `release`. */
  slow(): void {
    const waiting = new Promise<void>((go) => (this.release = () => {
      this.release = undefined
      go()
    }))
    this.#wait = waiting
  }

  async #late(answer: Response): Promise<Response> {
    if (this.release) await this.#wait
    return answer
  }

  page(cursor: string, ephemeral: Ephemeral[] = []): object {
    return { cursor: this.cursor(), head: this.version, changes: this.since(cursor), ephemeral, more: false }
  }

  #hold(signal: AbortSignal | null | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (e?: Error): void => {
        unlisten()
        this.#held.delete(end)
        if (e) reject(e)
        else resolve()
      }
      const unlisten = this.listen(() => end())
      this.#held.add(end)
      signal?.addEventListener('abort', () => end(new Error('aborted')))
    })
  }

  #events(cursor: string, signal: AbortSignal | null | undefined): Response {
    const stream = new FakeStream(this, cursor)
    signal?.addEventListener('abort', () => stream.cut())
    return new Response(stream.body, { headers: { 'Content-Type': 'text/event-stream' } })
  }
}

/** One stream of server-sent events. */
export class FakeStream {
  readonly body: ReadableStream<Uint8Array>
  #to!: ReadableStreamDefaultController<Uint8Array> // set by the constructor of ReadableStream, at once
  readonly #unlisten: () => void

  constructor(readonly server: FakeServer, public cursor: string) {
    this.body = new ReadableStream({ start: (to) => void (this.#to = to) })
    this.#unlisten = server.listen(() => this.#tell())
    server.live.add(this)
    if (server.streams === 'silent') return
    if (server.since(cursor)) this.#tell()
    else this.event('reset', { code: 'reset' })
  }

  event(name: string, data: object, id = ''): void {
    this.#to.enqueue(new TextEncoder().encode(`event: ${name}\n${id && `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`))
  }

  beat(): void {
    this.event('head', { head: this.server.version }, this.cursor)
  }

  cut(): void {
    if (!this.server.live.delete(this)) return
    this.#unlisten()
    try {
      this.#to.error(new TypeError('network error'))
    } catch {
      // the reader has let go of it
    }
  }

  #tell(): void {
    if (this.server.streams === 'silent' || this.server.deaf) return
    const page = this.server.page(this.cursor)
    this.cursor = this.server.cursor()
    this.event('page', page, this.cursor)
  }
}

/** The server's end and the browser's end of a WebSocket in one. */
export class FakeSocket {
  onmessage: ((e: { data: string }) => void) | null = null
  onclose: ((e: { code: number }) => void) | null = null
  readyState = 0
  sent: ClientFrame[] = []
  readonly #unlisten: () => void

  constructor(readonly server: FakeServer, public cursor: string) {
    this.#unlisten = server.listen(() => this.#tell())
    server.live.add(this)
    if (server.sockets !== 'slow') queueMicrotask(() => this.open())
  }

  frame(f: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(f) })
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame
    this.sent.push(frame)
    if (frame.op === 'ack') this.server.acked.push(frame.cursor ?? '')
    if (frame.op === 'ping' && !this.server.deaf) queueMicrotask(() => this.frame({ op: 'pong', head: this.server.version }))
  }

  beat(): void {
    if (this.readyState === 1) this.frame({ op: 'head', head: this.server.version })
  }

  close(): void {
    this.end(1000)
  }

  cut(): void {
    this.end(1006)
  }

  end(code: number, bye?: ServerFrame): void {
    if (!this.server.live.delete(this)) return
    this.#unlisten()
    this.readyState = 3
    if (bye) this.frame(bye)
    this.onclose?.({ code })
  }

  open(): void {
    if (this.server.sockets === 'cut') return this.cut()
    if (this.readyState !== 0 || this.server.sockets === 'silent') return
    this.readyState = 1
    if (!this.server.since(this.cursor)) return this.end(4410, { op: 'bye', code: 'reset' })
    this.frame({ op: 'ready', cursor: this.cursor, head: this.server.version, heartbeat_s: 15 })
    this.#tell()
  }

  #tell(): void {
    if (this.readyState !== 1 || this.server.deaf) return
    const changes = this.server.since(this.cursor) ?? []
    this.cursor = this.server.cursor()
    if (changes.length) this.frame({ op: 'changes', cursor: this.cursor, changes })
  }
}

export function json(body: object, status = 200, type = 'application/json'): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } })
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ type: 'about:blank', title: '', status, code, detail: 'why' })
  return new Response(body, { status, headers: { 'Content-Type': 'application/problem+json', ...headers } })
}

function cursorOf(path: string): string {
  return new URLSearchParams(path.split('?')[1]).get('cursor') ?? ''
}
