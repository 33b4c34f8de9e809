// Several tabs show the same person's conversations. Whether somebody sees a message now is asked of all of them.

/** Whether a message is before somebody's eyes: in the window that has the focus, in one that can be seen, or in none. */
export type Seen = 'focused' | 'visible' | 'no'

type Word = { ask: string } | { seen: Exclude<Seen, 'no'>; of: string }

// Tabs that are not seen answer late, but then their answer would be "no" anyway.
const answerMs = 250

/** Answers other tabs' questions until `close`, and asks them. Without BroadcastChannel it knows of its own tab only. */
export class Witness {
  readonly #channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('kinward-alerts')
  readonly #asked = new Map<string, (seen: Seen) => void>()

  constructor() {
    this.#channel?.addEventListener('message', (event: MessageEvent<Word>) => this.#hear(event.data))
  }

  /** Whether any tab of this browser shows the message with this id now. */
  async seen(id: string): Promise<Seen> {
    const own = seenHere(id)
    if (own === 'focused' || !this.#channel) return own
    const other = new Promise<Seen>((resolve) => this.#asked.set(id, resolve))
    const silence = new Promise<Seen>((resolve) => setTimeout(() => resolve('no'), answerMs))
    this.#channel.postMessage({ ask: id } satisfies Word)
    const answer = await Promise.race([other, silence])
    this.#asked.delete(id)
    return answer === 'no' ? own : answer
  }

  close(): void {
    this.#channel?.close()
  }

  #hear(word: Word): void {
    if ('of' in word) {
      this.#asked.get(word.of)?.(word.seen)
      return
    }
    const seen = seenHere(word.ask)
    if (seen !== 'no') this.#channel?.postMessage({ seen, of: word.ask } satisfies Word)
  }
}

function seenHere(id: string): Seen {
  if (document.visibilityState !== 'visible' || !document.querySelector(`[data-key="${CSS.escape(id)}"]`)) return 'no'
  return document.hasFocus() ? 'focused' : 'visible'
}
