// A newer build of the client: noticing it, and changing over without tearing anything out of somebody's hands.
//
// The service worker of a newer build installs itself beside the running one and then waits. It takes over only when it is
// told to, by this class, because a page goes on loading its own build's files for as long as it is open.

import { signal, type ReadonlySignal } from '@preact/signals-core'

/** How often a page that stays open asks for a newer build. Ward PCs show the same page for weeks. */
export const checkEveryMs = 60 * 60 * 1000

/** The part of `navigator.serviceWorker` that is used here. */
export type Workers = Pick<ServiceWorkerContainer, 'controller' | 'register' | 'addEventListener'>

/** What the page tells the worker that waits. */
export interface TakeOver {
  is: 'take-over'
}

/** Watches for a newer build. Without a service worker (plain HTTP, an old browser) it never finds one and does no harm. */
export class Updates {
  /** Whether a newer build is ready and waits to be applied. */
  readonly ready: ReadonlySignal<boolean>
  readonly #ready = signal(false)
  readonly #workers: Workers | undefined
  readonly #reload: () => void
  readonly #every: (ms: number, f: () => void) => void
  #registration: ServiceWorkerRegistration | undefined
  #started = false
  #applying = false

  /**
   * `reload` loads the page anew; it is called at most once, and only after `apply`. `every` runs something again and again,
   * each `ms`.
   */
  constructor(
    workers: Workers | undefined,
    reload: () => void,
    every = (ms: number, f: () => void): void => void setInterval(f, ms),
  ) {
    this.ready = this.#ready
    this.#workers = workers
    this.#reload = reload
    this.#every = every
  }

  /** Registers the worker, once, and looks for a newer one every hour. It never fails: a refusal means no worker. */
  async start(url: string): Promise<void> {
    const workers = this.#workers
    if (!workers || this.#started) return
    this.#started = true
    let controlled = workers.controller !== null
    workers.addEventListener('controllerchange', () => {
      if (controlled) this.#tookOver()
      controlled = true
    })
    try {
      this.#registration = await workers.register(url, { updateViaCache: 'none' })
      this.#watch(this.#registration, workers)
    } catch {
      return
    }
    this.#every(checkEveryMs, () => this.check())
  }

  /** Asks the server for a newer build now; being offline is no error. */
  check(): void {
    this.#registration?.update().catch(() => undefined)
  }

  /** Changes over to the newer build: the page loads anew. */
  apply(): void {
    if (this.#applying || !this.#ready.peek()) return
    this.#applying = true
    const waiting = this.#registration?.waiting
    const message: TakeOver = { is: 'take-over' }
    if (waiting) waiting.postMessage(message)
    else this.#reload()
  }

  #watch(registration: ServiceWorkerRegistration, workers: Workers): void {
    const installed = () => {
      // The very first worker replaces nothing, so there is nothing to offer.
      if (registration.waiting && workers.controller) this.#ready.value = true
    }
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', installed)
    })
    installed()
  }

  // Another tab may have asked for it; this one keeps its page until it is asked too.
  #tookOver(): void {
    if (this.#applying) this.#reload()
    else this.#ready.value = true
  }
}
