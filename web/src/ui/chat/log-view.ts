import { noLine, Reading, unreadStep, type UnreadEvent, type UnreadState } from '../../core/unread'
import { signal } from '../signals'
import { Anchor } from './anchor'
import { attended, InView, onAttention, seqOf } from './in-view'
import type { Scope } from './scope'

const highlightMs = 2_000
/** So long after the last key and the last message, rows that are too many may go: that takes as long as some keys together. */
const quietMs = 1_000
/** The unread line is put so far down the view, so that what came before it is still in sight. */
const quarter = 0.25

/** What has to come into view as soon as it is mounted. */
type Goal = { is: 'unread' } | { is: 'end' } | { is: 'message' | 'new'; seq: number }

/** What the pill says: how many new messages are further down, or that the newest ones are far away. */
export interface Below {
  count: number
  far: boolean
}

/**
 * The moving parts of a transcript on the screen: where the reader is, what they have read, where the unread line stands,
 * which pages are needed. It reads and scrolls the DOM, but leaves all drawing to the components.
 */
export class LogView {
  readonly unread = signal<UnreadState>(noLine)
  readonly below = signal<Below>({ count: 0, far: false })
  #scope: Pick<Scope, 'kinward' | 'talk' | 'transcript'>
  #reading: Reading
  #opened = false
  #anchor: Anchor | undefined
  #inView: InView | undefined
  #list: HTMLElement | undefined
  #goal: Goal | undefined
  #take = false // the goal gets the focus
  #hadNewer = false
  #last: string | undefined // the key of the last row
  #following = false // the newest message has just come into view
  #hidden = true // the pane is not shown: nothing can be measured, and what is noted stays
  #frame = 0
  #quiet: ReturnType<typeof setTimeout> | undefined

  constructor(scope: Pick<Scope, 'kinward' | 'talk' | 'transcript'>) {
    this.#scope = scope
    const { kinward, talk } = scope
    this.#reading = new Reading(talk.read.peek(), (seq) => kinward.markRead(talk.id, seq))
  }

  /** Loads the newest page, the first unread message, or a message that was asked for; later on, goes to such a message. */
  open(at: number | undefined): void {
    if (this.#opened) return at ? void this.jump(at) : undefined
    this.#opened = true
    const { talk, transcript } = this.#scope
    this.#step({ is: 'opened', read: talk.read.peek(), lastSeq: talk.lastSeq.peek() })
    this.#goal = at ? { is: 'message', seq: at } : { is: 'unread' }
    void transcript.open(at)
  }

  /** Begins to work on these elements. Returns how to end. */
  mount(scroller: HTMLElement, list: HTMLElement): () => void {
    this.#anchor = new Anchor(scroller, list)
    this.#inView = new InView(scroller, this.#reading)
    this.#list = list
    const resized = new ResizeObserver(() => this.#resized())
    // With the list, what stands before and after it: grey rows, errors.
    resized.observe(list.parentElement ?? list)
    resized.observe(scroller)
    const { kinward, talk } = this.#scope
    const ends = [
      onAttention(() => this.#attend()),
      kinward.store.onMessage((m, of) => {
        if (of !== talk) return
        const own = m.sender === kinward.me.id
        this.#step({ is: 'message', seq: m.seq, own, attended: attended() && this.#atNewest() })
        this.#lookSoon()
      }),
      () => resized.disconnect(),
      () => cancelAnimationFrame(this.#frame),
      () => clearTimeout(this.#quiet),
      () => removeEventListener('keydown', this.#tidySoon),
      () => this.#inView?.close(),
      () => this.#reading.close(),
      () => talk.watch(false),
    ]
    addEventListener('keydown', this.#tidySoon)
    scroller.addEventListener('scroll', this.#scrolled, { passive: true })
    this.#hidden = this.#anchor.height === 0
    this.#attend()
    return () => {
      scroller.removeEventListener('scroll', this.#scrolled)
      for (const end of ends) end()
    }
  }

  /** The rows have changed, in this task. At the end, where most messages come, nothing needs to be measured. */
  changed(): void {
    const anchor = this.#anchor
    if (!anchor || this.#hidden) return
    const last = (this.#list?.lastElementChild as HTMLElement | null)?.dataset['key']
    if (!this.#reach(anchor)) {
      if (!anchor.atEnd || this.#hadNewer) anchor.settle()
      else if (last !== this.#last) this.#follow(anchor)
    }
    this.#last = last
    this.#hadNewer = this.#scope.transcript.hasNewer.peek()
    this.#watch()
    this.#lookSoon()
    this.#tidySoon()
  }

  /** Shows a message in the middle, with the focus and a highlight. */
  async jump(seq: number): Promise<void> {
    await this.#go({ is: 'message', seq })
  }

  /** Shows the newest message. */
  async toEnd(): Promise<void> {
    await this.#go({ is: 'end' })
  }

  /** An own message was handed over: the unread line has done its work, and the end comes into view. */
  sent(): void {
    this.#step({ is: 'message', seq: 0, own: true, attended: true })
    void this.#go({ is: 'end' }, true)
  }

  /** The pill: to the first new message; once that is or was in view, to the end (B-22). */
  async down(): Promise<void> {
    const { line } = this.unread.peek()
    await this.#go(line && line.seq > this.#lowest() ? { is: 'new', seq: line.seq } : { is: 'end' })
  }

  /** Whether the newest message is in view. */
  get atEnd(): boolean {
    return this.#atNewest()
  }

  async #go(goal: Goal, writing = false): Promise<void> {
    const { transcript } = this.#scope
    const focused = document.activeElement
    this.#goal = goal
    // Writing goes on undisturbed; else the focus comes along, since what has it may vanish: the pill, or a row.
    this.#take = !writing && focused?.matches('textarea') === false
    if (goal.is === 'end' ? !transcript.hasNewer.peek() : 'seq' in goal && transcript.find(goal.seq)) {
      if (this.#anchor) this.#reach(this.#anchor)
      return this.#look()
    }
    if (this.#list?.contains(focused) && focused instanceof HTMLElement) focused.blur()
    const there = 'seq' in goal ? await transcript.goTo(goal.seq) : (await transcript.toEnd(), !transcript.hasNewer.peek())
    if (!there && this.#goal === goal) this.#goal = undefined
  }

  /** Puts the goal into view if there is one and it is mounted. */
  #reach(anchor: Anchor): boolean {
    const goal = this.#goal
    const { transcript } = this.#scope
    if (!goal || transcript.entries.peek().length === 0 || transcript.loading.peek() === 'first') return false
    if (goal.is === 'end') {
      if (transcript.hasNewer.peek()) return false
      anchor.toEnd()
      if (this.#take) anchor.last?.focus({ preventScroll: true })
    } else if (goal.is === 'unread') {
      const line = this.#line()
      if (line) anchor.place(line, quarter)
      else anchor.toEnd()
    } else {
      const row = this.#row(goal.seq)
      if (!row) {
        if (!transcript.find(goal.seq)) this.#goal = undefined // there is no such message
        return false
      }
      if (goal.is === 'new') anchor.place(row, quarter)
      else {
        anchor.center(row)
        highlight(row)
      }
      if (this.#take || goal.is === 'message') row.focus({ preventScroll: true })
    }
    this.#goal = undefined
    return true
  }

  /** At the end, what is new comes into view; while nobody looks, not further than the unread line stays in sight. */
  #follow(anchor: Anchor): void {
    if (!anchor.resting) anchor.toEnd()
    this.#following = true
    const line = this.#line()
    if (line && !attended() && anchor.topOf(line) < anchor.height * quarter) {
      anchor.place(line, quarter)
      this.#following = false
    }
  }

  #scrolled = (): void => {
    if (this.#hidden || !this.#anchor) return
    this.#hold(this.#anchor)
    this.#look()
  }

  // Also after a scroll: the layout may have changed in the same frame, as while a keyboard slides in.
  #hold(anchor: Anchor): void {
    if (anchor.atEnd && !this.#hadNewer) anchor.note()
    else anchor.settle()
  }

  /** A row, the box or the window has another size. This comes before the paint, so nothing is seen to move. */
  #resized(): void {
    const anchor = this.#anchor
    if (!anchor) return
    const wasHidden = this.#hidden
    this.#hidden = anchor.height === 0
    if (this.#hidden) return this.#look()
    if (wasHidden) {
      // Some browsers forget how far a hidden element was scrolled.
      if (!anchor.atEnd) anchor.settle(true)
      return this.changed()
    }
    if (this.#goal && this.#reach(anchor)) return this.#look()
    this.#hold(anchor)
    this.#look()
  }

  #attend(): void {
    this.#reading.attend(attended())
    this.#look()
  }

  #tidySoon = (): void => {
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => this.#scope.transcript.tidy(), quietMs)
  }

  /** In the next frame, when the layout is to be made anyway. */
  #lookSoon(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#look())
  }

  /** After anything has moved: the line, the pill, the pages. */
  #look(): void {
    const anchor = this.#anchor
    const { talk, transcript } = this.#scope
    const blind = !anchor || this.#hidden || this.#goal
    talk.watch(!blind && attended() && this.#atNewest())
    if (blind) return
    // A scroll of a few pixels just before the message came may have been told only now.
    if (this.#following && anchor.atEnd && !anchor.resting) anchor.toEnd()
    this.#following = false
    const line = this.#line()
    const top = line ? anchor.topOf(line) : -1
    this.#step({ is: 'looked', attentive: attended(), lineInView: top >= 0 && top < anchor.height, atEnd: this.#atNewest() })
    const count = Math.max(0, talk.lastSeq.peek() - Math.max(this.#lowest(), talk.read.peek()))
    const far = transcript.hasNewer.peek() || anchor.below > anchor.height * 1.5
    const before = this.below.peek()
    if (before.count !== count || before.far !== far) this.below.value = { count, far }
    transcript.reading(this.#atNewest() ? undefined : anchor.first?.dataset['key'])
    this.#page(anchor)
  }

  /** Loads what is less than two screens away (B-23). */
  #page(anchor: Anchor): void {
    const { transcript } = this.#scope
    if (transcript.loading.peek() || transcript.failed.peek()) return
    if (anchor.above < anchor.height * 2 && transcript.hasOlder.peek()) void transcript.older()
    else if (anchor.below < anchor.height * 2 && transcript.hasNewer.peek()) void transcript.newer()
  }

  /** Watches what has not been read. Own messages are never among it: sending raises the mark. */
  #watch(): void {
    const rows: Element[] = []
    const read = this.#scope.talk.read.peek()
    for (let row = this.#list?.lastElementChild; row; row = row.previousElementSibling) {
      const seq = seqOf(row)
      if (seq > read) rows.push(row)
      else if (seq > 0) break
    }
    this.#inView?.watch(rows)
  }

  #atNewest(): boolean {
    return (this.#anchor?.atEnd ?? false) && !this.#scope.transcript.hasNewer.peek()
  }

  /** The number of the lowest message in view. */
  #lowest(): number {
    if (this.#atNewest()) return this.#scope.talk.lastSeq.peek()
    return this.#anchor?.last ? seqOf(this.#anchor.last) : 0
  }

  #line(): Element | null | undefined {
    return this.unread.peek().line && this.#list?.querySelector('.kw-unread-row')
  }

  #row(seq: number): HTMLElement | null | undefined {
    return this.#list?.querySelector<HTMLElement>(`[data-seq="${seq}"]`)
  }

  #step(event: UnreadEvent): void {
    this.unread.value = unreadStep(this.unread.peek(), event)
  }
}

function highlight(row: HTMLElement): void {
  row.dataset['found'] = ''
  setTimeout(() => delete row.dataset['found'], highlightMs)
}
