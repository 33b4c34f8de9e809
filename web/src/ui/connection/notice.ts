// What the bar tells: nothing for a blip, trouble once it lasts, and for a while that it is over.

import { effect, signal, type ReadonlySignal } from '@preact/signals-core'
import type { Clock } from '../../core/clock'
import type { Line } from '../../core/line'
import type { Outbox } from '../../core/outbox'

/** Trouble that is over sooner is nobody's business (B-34). */
export const blipMs = 3000

/** How long "Back online" waits for the outbox to empty before it names what was sent. */
const settleMs = 3000

/** Once nothing waits any more: the answers that are under way come within this. */
const lastMs = 300

/** How long "Back online" stays to be read. */
const shownMs = 6000

/** `settled`: the number sent will not rise any more, so it may be announced. */
export type Notice = { is: 'none' } | { is: 'trouble' } | { is: 'back'; sent: number; settled: boolean }

/** What is watched of the line and the outbox. */
export interface Watched {
  line: Pick<Line, 'troubledSince'>
  outbox: Pick<Outbox, 'items' | 'onSent'>
}

/** Watches until `stop`; all waiting ends with it. */
export function watchTrouble({ line, outbox }: Watched, clock: Clock): { notice: ReadonlySignal<Notice>; stop: () => void } {
  const notice = signal<Notice>({ is: 'none' })
  const held = new Set<string>() // ids of messages that waited while there was trouble
  let sent = 0
  let cancel: () => void = () => undefined

  const later = (ms: number, f: () => void) => {
    cancel()
    cancel = clock.after(Math.max(0, ms), f)
  }
  const hideLater = () => later(shownMs, () => { notice.value = { is: 'none' } })
  const back = (settled: boolean) => {
    notice.value = { is: 'back', sent, settled }
    if (settled) hideLater()
    else later(sendable(outbox) === 0 ? lastMs : settleMs, () => back(true))
  }
  const trouble = (since: number) => {
    if (notice.peek().is === 'trouble') return
    later(since + blipMs - clock.now(), () => {
      if (notice.peek().is === 'none') {
        held.clear()
        sent = 0
      }
      notice.value = { is: 'trouble' }
    })
  }
  const over = () => {
    const before = notice.peek()
    if (before.is === 'none') cancel()
    else if (before.is === 'back' && before.settled) hideLater()
    else back(false)
  }

  const stopLine = effect(() => {
    const since = line.troubledSince.value
    if (since === undefined) over()
    else trouble(since)
  })
  const stopOutbox = effect(() => {
    if (notice.value.is === 'trouble') for (const o of outbox.items.value) held.add(o.id)
  })
  const stopSent = outbox.onSent((m) => {
    if (!held.delete(m.id)) return
    sent++
    const now = notice.peek()
    if (now.is === 'back' && !now.settled) back(false)
  })
  return {
    notice,
    stop: () => {
      cancel()
      stopLine()
      stopOutbox()
      stopSent()
    },
  }
}

// Messages that were refused for good don't hold the good news up.
function sendable(outbox: Watched['outbox']): number {
  return outbox.items.peek().filter((o) => o.state !== 'failed').length
}
