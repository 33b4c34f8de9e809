// What this device keeps by itself: the outbox in IndexedDB, drafts and settings in localStorage. Nothing else is kept here.

/** The part of localStorage that is used; each call of the real one may throw (private mode, full disk). */
export interface Keep {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** A Keep that lasts as long as the page. */
export class MemoryKeep implements Keep {
  readonly #map = new Map<string, string>()
  get length(): number { return this.#map.size }
  key(index: number): string | null { return [...this.#map.keys()][index] ?? null }
  getItem(key: string): string | null { return this.#map.get(key) ?? null }
  setItem(key: string, value: string): void { this.#map.set(key, value) }
  removeItem(key: string): void { this.#map.delete(key) }
}

/** The browser's localStorage, or undefined where it is missing or forbidden. */
export function localKeep(): Keep | undefined {
  try {
    return (globalThis as { localStorage?: Keep }).localStorage
  } catch {
    return undefined
  }
}

/** A Keep that never throws: what `keep` refuses is held in memory as long as the page lasts. */
export function safe(keep: Keep | undefined): Keep {
  const memory = new MemoryKeep()
  const attempt = <T>(f: (k: Keep) => T): T => {
    try {
      if (keep) return f(keep)
    } catch {
      // Private mode or a full disk: memory has it.
    }
    return f(memory)
  }
  return {
    get length() { return attempt((k) => k.length) },
    key: (index) => attempt((k) => k.key(index)),
    getItem: (key) => memory.getItem(key) ?? attempt((k) => k.getItem(key)),
    setItem: (key, value) => {
      memory.removeItem(key)
      attempt((k) => k.setItem(key, value))
    },
    removeItem: (key) => {
      memory.removeItem(key)
      attempt((k) => k.removeItem(key))
    },
  }
}

/** A message in the outbox as it is kept. */
export interface Kept {
  id: string
  person: string // whose message it is: on a shared PC another's is never sent
  conversation: string
  text: string
  reply_to?: number
  created: number // ms
  since: number // ms: when it was written, or last told to try again
  tries: number
  due: number // ms: when to try again
  last: number // ms: when the last try began, 0 for never
  hold?: number // ms: the server asked not to be tried before, whatever happens
  why?: { code: string; detail: string } // refused for good, until told to try again
}

/** Where the outbox is kept. Each call rejects if the browser refuses. */
export interface OutboxKeep {
  /** Whether what is put here is there after the page has gone. */
  readonly lasting: boolean
  of(person: string): Promise<Kept[]>
  put(item: Kept): Promise<void>
  remove(id: string): Promise<void>
}

/** An OutboxKeep that lasts as long as the page. */
export class MemoryOutbox implements OutboxKeep {
  readonly lasting: boolean = false
  readonly #map = new Map<string, Kept>()
  async of(person: string): Promise<Kept[]> { return [...this.#map.values()].filter((k) => k.person === person) }
  async put(item: Kept): Promise<void> { this.#map.set(item.id, item) }
  async remove(id: string): Promise<void> { this.#map.delete(id) }
}

const OUTBOX = 'outbox'

/** The outbox in IndexedDB; in memory where the browser has none to give, as in some private modes. */
export async function openOutboxKeep(): Promise<OutboxKeep> {
  try {
    const disk = new DiskOutbox(await connect())
    await disk.of('')
    return disk
  } catch {
    return new MemoryOutbox()
  }
}

class DiskOutbox implements OutboxKeep {
  readonly lasting = true
  #db: IDBDatabase

  constructor(db: IDBDatabase) {
    this.#db = db
  }

  of(person: string): Promise<Kept[]> {
    return this.#run('readonly', (s) => s.index('person').getAll(person))
  }

  async put(item: Kept): Promise<void> {
    await this.#run('readwrite', (s) => s.put(item))
  }

  async remove(id: string): Promise<void> {
    await this.#run('readwrite', (s) => s.delete(id))
  }

  /** Resolves once a change is on the disk, not only on its way there: only then may anybody rely on it. */
  async #run<T>(mode: IDBTransactionMode, f: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    let tx: IDBTransaction
    try {
      tx = this.#begin(mode)
    } catch {
      this.#db = await connect() // phones cut the connection of a page in the background
      tx = this.#begin(mode)
    }
    return new Promise((resolve, reject) => {
      const request = f(tx.objectStore(OUTBOX))
      tx.oncomplete = () => resolve(request.result)
      tx.onabort = () => reject(tx.error) // a full disk shows at the end only
    })
  }

  #begin(mode: IDBTransactionMode): IDBTransaction {
    return this.#db.transaction(OUTBOX, mode, { durability: 'strict' })
  }
}

function connect(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('kinward', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(OUTBOX, { keyPath: 'id' }).createIndex('person', 'person')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      opening.result.onversionchange = () => opening.result.close() // a newer build wants to change it
      resolve(opening.result)
    }
  })
}
