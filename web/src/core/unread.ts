// The line above the first unread message, and what counts as read. Neither knows of the screen: the chat tells what is
// in view, and is told where the line stands and what to report.

import { realClock, type Clock } from './clock'

/** How long a message must be in view to count as read (B-21). */
const READ_MS = 500

/** Where the line stands: above message `seq`, and how many messages it announces. */
export interface UnreadLine {
  readonly seq: number
  readonly count: number
}

/** What becomes of the line as things happen (B-19, B-20). A value: each step gives a new one, or itself if nothing changed. */
export interface UnreadState {
  readonly line: UnreadLine | undefined
  readonly seen: boolean // the line has been in view while somebody looked
  readonly passed: boolean // after that, the reader was at the end: all below the line has been there to read
}

export type UnreadEvent =
  /** The conversation was opened: own read mark, and the newest message. */
  | { is: 'opened'; read: number; lastSeq: number }
  /** A new message. `attended`: page visible and focused, and the end of the conversation in view. */
  | { is: 'message'; seq: number; own: boolean; attended: boolean }
  /** After scrolling, or when the page gets or loses attention. */
  | { is: 'looked'; attentive: boolean; lineInView: boolean; atEnd: boolean }

export const noLine: UnreadState = { line: undefined, seen: false, passed: false }

export function unreadStep(s: UnreadState, e: UnreadEvent): UnreadState {
  switch (e.is) {
    case 'opened':
      return e.lastSeq > e.read ? { ...noLine, line: { seq: e.read + 1, count: e.lastSeq - e.read } } : noLine
    case 'message':
      if (e.own) return s.line ? noLine : s
      if (s.line && e.seq < s.line.seq + s.line.count) return s // told before
      if (s.line && !s.passed) return e.attended ? s : { ...s, line: { seq: s.line.seq, count: s.line.count + 1 } }
      return e.attended ? s : { ...noLine, line: { seq: e.seq, count: 1 } }
    case 'looked':
      return looked(s, e)
  }
}

function looked(s: UnreadState, e: { attentive: boolean; lineInView: boolean; atEnd: boolean }): UnreadState {
  if (!s.line || !e.attentive) return s
  const seen = s.seen || e.lineInView
  const passed = s.passed || seen && e.atEnd
  // It goes once it has been seen and scrolled away; while it is in view it stays, so that nothing vanishes under the eyes.
  if (passed && e.atEnd && !e.lineInView) return noLine
  return seen === s.seen && passed === s.passed ? s : { ...s, seen, passed }
}

/**
 * Says which message has been read: the newest that was at least half in view for 500 ms while the page was visible and
 * focused. It reports each step upward once.
 */
export class Reading {
  readonly #inView = new Map<number, (() => void) | undefined>() // seq to what takes its timer back
  #attentive = false
  #reported: number
  readonly #report: (seq: number) => void
  readonly #clock: Clock

  /** @param from own read mark: up to it nothing is reported */
  constructor(from: number, report: (seq: number) => void, clock: Clock = realClock) {
    this.#report = report
    this.#clock = clock
    this.#reported = from
  }

  /** The page became visible and focused, or ceased to be. */
  attend(attentive: boolean): void {
    if (attentive === this.#attentive) return
    this.#attentive = attentive
    for (const seq of [...this.#inView.keys()]) this.#watch(seq)
  }

  /** A message came into view by half or more. */
  show(seq: number): void {
    if (seq > this.#reported && !this.#inView.has(seq)) this.#watch(seq)
  }

  /** It went out of view, or less than half of it is left. */
  hide(seq: number): void {
    this.#inView.get(seq)?.()
    this.#inView.delete(seq)
  }

  close(): void {
    for (const seq of [...this.#inView.keys()]) this.hide(seq)
  }

  #watch(seq: number): void {
    this.#inView.get(seq)?.()
    this.#inView.set(seq, this.#attentive ? this.#clock.after(READ_MS, () => this.#read(seq)) : undefined)
  }

  #read(seq: number): void {
    this.hide(seq)
    if (seq <= this.#reported) return
    this.#reported = seq
    this.#report(seq)
  }
}
