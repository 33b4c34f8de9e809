import type { Kept, OutboxKeep } from './local'

export interface ShelfOptions {
  keep: OutboxKeep
  person: string
  /** Something is different now. */
  changed(): void
  /** This tab has changed what is on the device: the others should read it. */
  written(): void
  /** The device has refused to keep something. */
  refused(): void
}

/** One person's messages on their way out: in memory at once, on the device right after, and in step with other tabs. */
export class Shelf {
  readonly items = new Map<string, Kept>()
  readonly #o: ShelfOptions
  readonly #unsaved = new Set<string>() // refused by the device: here only
  readonly #touched = new Map<string, number>() // id to the step at which this tab last changed it
  #step = 0
  #io: Promise<unknown> = Promise.resolve()

  constructor(o: ShelfOptions) {
    this.#o = o
  }

  /** In the order of writing. */
  sorted(): Kept[] {
    return [...this.items.values()].sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
  }

  /** Changes an item in memory only. */
  put(k: Kept): void {
    this.items.set(k.id, k)
    this.#touched.set(k.id, ++this.#step)
    this.#o.changed()
  }

  /** Changes an item; resolves once the device has it, or has refused it, which is no reason not to send. */
  async save(k: Kept): Promise<void> {
    this.put(k)
    await this.#next(() => this.#o.keep.put(k)).then(() => this.#unsaved.delete(k.id), () => {
      this.#unsaved.add(k.id)
      this.#o.refused()
    })
    this.#o.written()
  }

  async drop(id: string): Promise<void> {
    this.items.delete(id)
    this.#touched.set(id, ++this.#step)
    this.#o.changed()
    await this.#next(() => this.#o.keep.remove(id)).catch(() => undefined) // the server has it: a second try does no harm
    this.#o.written()
  }

  /** Takes what other tabs have done. What this tab has changed since the reading began stays as it is here. */
  async read(): Promise<void> {
    const since = this.#step
    const list = await this.#next(() => this.#o.keep.of(this.#o.person)).catch(() => undefined)
    if (!list) return
    const here = (id: string) => this.#unsaved.has(id) || (this.#touched.get(id) ?? 0) > since
    const there = new Set(list.map((k) => k.id))
    for (const id of [...this.items.keys()]) if (!there.has(id) && !here(id)) this.items.delete(id)
    for (const k of list) if (!here(k.id)) this.items.set(k.id, k)
    this.#o.changed()
  }

  // One after the other, so that a reading sees everything that was written before it.
  #next<T>(f: () => Promise<T>): Promise<T> {
    const done = this.#io.then(f)
    this.#io = done.catch(() => undefined)
    return done
  }
}
