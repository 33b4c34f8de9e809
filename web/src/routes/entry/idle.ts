import type { Clock } from '../../core/clock'
import type { Keep } from '../../core/local'
import { signal, type ReadonlySignal } from '../../ui/signals'

/** How long nothing may be touched before a screen locks. */
export const idleMs = 10 * 60 * 1000

/** How often, at most, a sign of use is written down for the other tabs. */
const noteMs = 5000

const USED = 'kinward.used' // "person ms": who used which moment
const LOCKED = 'kinward.locked' // whose screen is locked

/** What people do when they use a page. Moving the mouse counts: reading a long conversation is use too. */
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove']

/** When it may have become time meanwhile, or another tab may have locked or unlocked. */
const looks = ['storage', 'pageshow', 'focus']

type Listening = 'addEventListener' | 'removeEventListener'
type Page = Pick<Window, Listening> & { document: Pick<Document, Listening> }

/**
 * Hides a screen that nobody has used for ten minutes, in all tabs of the browser at once, and also one that was closed or
 * asleep for so long: whoever opens it next need not be the same person. It locks nothing on the server; messages go on
 * being sent and received behind it.
 */
export class IdleLock {
  readonly locked: ReadonlySignal<boolean>
  private readonly isLocked = signal(false)
  private person = ''
  private noted = 0
  private cancel: () => void = () => undefined

  /** @param page the window, whose events tell of use. */
  constructor(private readonly keep: Keep, private readonly clock: Clock, private readonly page: Page = window) {
    this.locked = this.isLocked
  }

  /**
   * Begins to watch for somebody. `fresh`: they have just shown who they are. Without it the screen is locked at once if
   * it was, or if it has not been used for too long.
   */
  begin(person: string, fresh: boolean): void {
    this.end()
    this.person = person
    if (fresh) this.unlock()
    this.note()
    const { page } = this
    for (const sign of signs) page.addEventListener(sign, this.touched, { capture: true, passive: true })
    for (const look of looks) page.addEventListener(look, this.look)
    page.document.addEventListener('visibilitychange', this.look)
    this.look()
  }

  end(): void {
    this.cancel()
    this.person = ''
    this.isLocked.value = false
    const { page } = this
    for (const sign of signs) page.removeEventListener(sign, this.touched, { capture: true })
    for (const look of looks) page.removeEventListener(look, this.look)
    page.document.removeEventListener('visibilitychange', this.look)
  }

  lock(): void {
    if (!this.person) return
    this.keep.setItem(LOCKED, this.person)
    this.look()
  }

  /** After the password was given. */
  unlock(): void {
    this.keep.setItem(USED, `${this.person} ${this.clock.now()}`) // first: other tabs hear of each change by itself
    this.keep.removeItem(LOCKED)
    this.look()
  }

  private readonly touched = (): void => {
    const now = this.clock.now()
    if (now - this.noted < noteMs || this.isLocked.peek()) return
    this.look() // first: a laptop that slept must not be woken into somebody's messages
    if (!this.isLocked.peek()) this.note()
  }

  // A device that has no note of this person's yet begins to count now.
  private note(): void {
    const known = this.used()
    if (known !== undefined && this.clock.now() - known >= idleMs) return
    this.noted = this.clock.now()
    this.keep.setItem(USED, `${this.person} ${this.noted}`)
  }

  private used(): number | undefined {
    const [person, ms] = (this.keep.getItem(USED) ?? '').split(' ')
    return person === this.person ? Number(ms) || undefined : undefined
  }

  private readonly look = (): void => {
    this.cancel()
    if (!this.person) return
    const left = (this.used() ?? this.clock.now()) + idleMs - this.clock.now()
    const due = left <= 0
    if (due && this.keep.getItem(LOCKED) !== this.person) this.keep.setItem(LOCKED, this.person)
    this.isLocked.value = due || this.keep.getItem(LOCKED) === this.person
    if (!this.isLocked.peek()) this.cancel = this.clock.after(Math.min(left, 60_000), this.look)
  }
}
