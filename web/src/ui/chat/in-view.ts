import type { Reading } from '../../core/unread'

const seenPart = 0.5
const steps = Array.from({ length: 21 }, (_, i) => i / 20)

/**
 * Tells `reading` which of the watched rows (with data-seq) are in view by half. A message longer than the view can never be
 * that; it counts when it fills half of the view.
 */
export class InView {
  #observer: IntersectionObserver
  #watched = new Set<Element>()
  #reading: Reading

  constructor(scroller: Element, reading: Reading) {
    this.#reading = reading
    const changed = (entries: IntersectionObserverEntry[]) => entries.forEach((e) => this.#changed(e))
    this.#observer = new IntersectionObserver(changed, { root: scroller, threshold: steps })
  }

  /** Watches these rows and no others. */
  watch(rows: readonly Element[]): void {
    const wanted = new Set(rows)
    for (const row of this.#watched) {
      if (wanted.has(row)) continue
      this.#observer.unobserve(row)
      this.#reading.hide(seqOf(row))
    }
    for (const row of rows) if (!this.#watched.has(row)) this.#observer.observe(row)
    this.#watched = wanted
  }

  close(): void {
    this.#observer.disconnect()
  }

  #changed({ target, intersectionRatio, intersectionRect, rootBounds }: IntersectionObserverEntry): void {
    const fills = rootBounds !== null && intersectionRect.height >= rootBounds.height * seenPart
    if (intersectionRatio >= seenPart || fills) this.#reading.show(seqOf(target))
    else this.#reading.hide(seqOf(target))
  }
}

/** The number of a row's message; 0 for one that has none yet. */
export function seqOf(row: Element): number {
  return Number((row as HTMLElement).dataset['seq'] ?? 0)
}

/** Whether somebody is looking: the page is visible and its window has the focus. */
export function attended(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus()
}

/** Calls `f` when the page gets or loses attention. Returns how to end that. */
export function onAttention(f: () => void): () => void {
  addEventListener('focus', f)
  addEventListener('blur', f)
  document.addEventListener('visibilitychange', f)
  return () => {
    removeEventListener('focus', f)
    removeEventListener('blur', f)
    document.removeEventListener('visibilitychange', f)
  }
}
