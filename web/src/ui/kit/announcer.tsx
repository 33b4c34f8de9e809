import { useEffect } from 'preact/hooks'
import { travel } from './layers'

/** 'polite' waits until the screen reader has finished its sentence, 'assertive' does not. */
export type Urgency = 'polite' | 'assertive'

const regions: Partial<Record<Urgency, HTMLElement>> = {}

/** How long a sentence stays in its region: long enough for a slow reader, short enough not to be met while browsing. */
const keepMs = 7000
/** Of a burst, no more than this is kept: a screen reader would read for minutes. */
const most = 5

/**
 * Says something to users of screen readers; nothing is seen. Each call adds a line of its own, so a burst loses
 * nothing up to five lines, and the same words twice are said twice. Does nothing before `Announcer` is mounted.
 */
export function announce(text: string, urgency: Urgency = 'polite'): void {
  const region = regions[urgency]
  if (!region || !text) return
  const line = document.createElement('p')
  line.textContent = text
  line.dir = 'auto'
  region.append(line)
  while (region.childElementCount > most) region.firstElementChild?.remove()
  setTimeout(() => line.remove(), keepMs)
}

/** Holds the two hidden live regions. Once per page, mounted before anything is announced. */
export function Announcer() {
  useEffect(() => {
    const leave = (['polite', 'assertive'] as const).map((urgency) => {
      const region = document.createElement('div')
      region.className = 'kw-hidden'
      region.setAttribute('aria-live', urgency)
      region.setAttribute('aria-relevant', 'additions')
      region.dataset['announcer'] = urgency
      regions[urgency] = region
      const end = travel(region)
      return () => {
        delete regions[urgency]
        end()
      }
    })
    return () => leave.forEach((end) => end())
  }, [])
  return null
}
