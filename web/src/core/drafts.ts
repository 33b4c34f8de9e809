import { signal, type ReadonlySignal } from '@preact/signals-core'
import { set } from './cell'
import { realClock, type Clock } from './clock'
import { safe, type Keep } from './local'

const SAVE_MS = 500

/** What a person has begun to write in each conversation (B-4), kept on this device until it is sent or they sign out. */
export class Drafts {
  /** For rows of a list: changes when somebody pauses or leaves the composer, not with each key. */
  readonly shown: ReadonlySignal<ReadonlyMap<string, string>> = signal(new Map())
  readonly #texts = new Map<string, string>()
  readonly #dirty = new Map<string, () => void>() // conversation to what takes its timer back
  readonly #clock: Clock
  readonly #storage: Keep
  readonly #prefix: string

  /** @param storage localStorage, or undefined where there is none; it may throw at any call. */
  constructor(person: string, storage: Keep | undefined, clock: Clock = realClock) {
    this.#clock = clock
    this.#storage = safe(storage)
    this.#prefix = `kinward.draft.${person}.`
    for (const key of this.#keys()) this.#texts.set(key.slice(this.#prefix.length), this.#storage.getItem(key) ?? '')
    this.#show()
  }

  /** '' for none. */
  get(conversation: string): string {
    return this.#texts.get(conversation) ?? ''
  }

  /** Saved 500 ms after the last call. */
  set(conversation: string, text: string): void {
    if (text) this.#texts.set(conversation, text)
    else this.#texts.delete(conversation)
    this.#dirty.get(conversation)?.()
    this.#dirty.set(conversation, this.#clock.after(SAVE_MS, () => this.#save(conversation)))
  }

  /** On blur and pagehide: saves what is not saved yet, and lets `shown` tell it. */
  saveNow(): void {
    for (const conversation of [...this.#dirty.keys()]) this.#save(conversation)
    this.#show()
  }

  /** The draft was sent, or the conversation is no longer this person's. */
  clear(conversation: string): void {
    this.#texts.delete(conversation)
    this.#save(conversation)
    this.#show()
  }

  /** Forgets all of this person's drafts: signed out. */
  clearAll(): void {
    this.close()
    this.#texts.clear()
    for (const key of this.#keys()) this.#storage.removeItem(key)
    this.#show()
  }

  /** Stops the timers; what has not been saved yet is not saved any more. */
  close(): void {
    for (const stop of this.#dirty.values()) stop()
    this.#dirty.clear()
  }

  #save(conversation: string): void {
    this.#dirty.get(conversation)?.()
    this.#dirty.delete(conversation)
    const text = this.#texts.get(conversation)
    if (text) this.#storage.setItem(this.#prefix + conversation, text)
    else this.#storage.removeItem(this.#prefix + conversation)
  }

  #show(): void {
    set(this.shown, new Map(this.#texts))
  }

  #keys(): string[] {
    const all = Array.from({ length: this.#storage.length }, (_, i) => this.#storage.key(i) ?? '')
    return all.filter((key) => key.startsWith(this.#prefix))
  }
}
