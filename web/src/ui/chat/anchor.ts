/** Within so many pixels of the end the reader counts as being there (B-22). */
export const nearEndPx = 48

/** A message in view, and where its top is below the top of the scroller. */
interface Noted {
  row: HTMLElement
  top: number
}

/**
 * Holds still what is being read. The scroller is `column-reverse` around one naturally ordered list: `scrollTop` is 0 at the
 * end and negative above it, and the browser's own anchoring is off (WebKit has none). After each scroll and each layout the
 * visible rows and their places are noted, so what is noted is what the reader sees; after a change, and before it is
 * painted, the difference is added.
 */
export class Anchor {
  /** Whether the reader was at the end when last noted. */
  atEnd = true
  #scroller: HTMLElement
  #list: HTMLElement
  #noted: Noted[] = []
  #scrolled = 0 // scrollTop as noted

  constructor(scroller: HTMLElement, list: HTMLElement) {
    this.#scroller = scroller
    this.#list = list
  }

  /** The height of the view in px; 0 while its pane is hidden: then nothing is known and nothing may be noted. */
  get height(): number {
    return this.#scroller.clientHeight
  }

  /** Pixels of mounted content below the view. */
  get below(): number {
    return Math.max(0, -this.#scroller.scrollTop)
  }

  /** Pixels of mounted content above the view. */
  get above(): number {
    return this.#scroller.scrollHeight - this.height - this.below
  }

  get first(): HTMLElement | undefined {
    return this.#noted[0]?.row
  }

  get last(): HTMLElement | undefined {
    return this.#noted.at(-1)?.row
  }

  /** Notes where things stand. Cheap: a binary search among the rows, and the few in view. */
  note(): void {
    this.#scrolled = this.#scroller.scrollTop
    this.atEnd = this.below <= nearEndPx
    const rows = this.#list.children
    const { top, bottom } = this.#scroller.getBoundingClientRect()
    this.#noted = []
    for (let i = firstBelow(rows, top); i < rows.length; i++) {
      const row = rows[i] as HTMLElement // i < length
      const at = row.getBoundingClientRect().top
      if (at >= bottom) break
      // Day lines and the like come and go; only messages are held on to.
      if (row.dataset['key']) this.#noted.push({ row, top: at - top })
    }
    // An older page may take the day and the name from above the very first one: the others are the better hold.
    if (this.#noted.length > 1 && this.first === this.#list.querySelector('[data-key]')) this.#noted.shift()
  }

  /**
   * Moves back whatever has moved since `note`, then notes anew. In a reversed scroller content never changes `scrollTop`: if
   * that has changed, somebody has scrolled meanwhile (the focus, a search in the page), and that stays; unless `back` says
   * that nobody could.
   */
  settle(back = false): void {
    const held = this.#noted.find(({ row }) => row.isConnected)
    if (!held) return this.note()
    const top = this.topOf(held.row)
    const moved = top - held.top + (back ? 0 : this.#scroller.scrollTop - this.#scrolled)
    if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved
    const rest = this.topOf(held.row) - (top - moved)
    this.note()
    // Less than a pixel can't be scrolled everywhere. It stays owed: many such steps, as lines of a growing box, must not add up.
    if (Math.abs(rest) < 1) for (const noted of this.#noted) noted.top -= rest
  }

  /** Whether the very end was in view when last noted. */
  get resting(): boolean {
    return this.#scrolled === 0
  }

  toEnd(): void {
    this.#scroller.scrollTop = 0
    this.note()
  }

  /** Puts an element's top at a part of the height (0 top, 0.25 a quarter down), as far as there is content. */
  place(row: Element, part: number): void {
    this.#scroller.scrollTop += this.topOf(row) - this.height * part
    this.note()
  }

  /** Puts a row in the middle; one that is higher than the view shows its beginning. */
  center(row: Element): void {
    this.place(row, Math.max(0, (1 - row.getBoundingClientRect().height / this.height) / 2))
  }

  /** Where an element's top is below the top of the scroller. */
  topOf(row: Element): number {
    return row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top
  }
}

/** The index of the first child whose lower edge is below `y`. Children lie in order, so half of them is ruled out each time. */
function firstBelow(rows: HTMLCollection, y: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle] as Element // middle < length
    if (row.getBoundingClientRect().bottom > y) high = middle
    else low = middle + 1
  }
  return low
}
