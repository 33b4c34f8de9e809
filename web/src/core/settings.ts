// What a person has chosen on this device. Nothing here belongs to an account, and nothing here is about patients.

import { signal, type Signal } from '@preact/signals-core'
import { languages, type Language } from './i18n'
import type { Choice } from './line'
import { safe, type Keep } from './local'

const PREFIX = 'kinward.setting.'

export type Theme = 'system' | 'light' | 'dark'
/** Per cent of the normal size of text. */
export type TextSize = 100 | 115 | 130 | 150 | 200
/** Whether Enter sends: as fits the device (B-1), always, or never. */
export type EnterSends = 'device' | 'always' | 'never'

/** Choices kept per device. Writing to a signal keeps the new value; a value that doesn't belong is never read back. */
export class Settings {
  readonly theme: Signal<Theme>
  readonly textSize: Signal<TextSize>
  /** undefined: as the browser wants it. */
  readonly language: Signal<Language | undefined>
  readonly enterSends: Signal<EnterSends>
  readonly sound: Signal<boolean>
  /** How messages are received, and every how many seconds when polling. */
  readonly choice: Signal<Choice>
  readonly intervalS: Signal<number>
  readonly #storage: Keep

  /** @param storage localStorage, or undefined where there is none; it may throw at any call. */
  constructor(storage?: Keep) {
    this.#storage = safe(storage)
    this.theme = this.kept('theme', 'system', ['system', 'light', 'dark'])
    this.textSize = this.kept('textSize', 100, [100, 115, 130, 150, 200])
    this.language = this.kept('language', undefined, languages.map((l) => l.code))
    this.enterSends = this.kept('enterSends', 'device', ['device', 'always', 'never'])
    this.sound = this.kept('sound', false, [true, false])
    this.choice = this.kept('choice', 'automatic', ['automatic', 'websocket', 'sse', 'long-poll', 'poll'])
    this.intervalS = this.kept('intervalS', 5, [2, 5, 10, 15, 30, 60])
  }

  /**
   * A signal that this device remembers under a name: for choices that belong to one feature. `allowed` are the values
   * that may be read back, or tells which may.
   */
  kept<T>(name: string, initial: T, allowed: readonly T[] | ((value: unknown) => boolean)): Signal<T> {
    const fits = typeof allowed === 'function' ? allowed : (v: unknown) => allowed.includes(v as T)
    const key = PREFIX + name
    const s = signal(initial)
    try {
      const value: unknown = JSON.parse(this.#storage.getItem(key) ?? 'null')
      if (fits(value)) s.value = value as T
    } catch {
      // Somebody else's text under our name: the initial value counts.
    }
    let first = true
    s.subscribe((value) => {
      if (first) first = false
      else if (value === undefined) this.#storage.removeItem(key)
      else this.#storage.setItem(key, JSON.stringify(value))
    })
    return s
  }
}
