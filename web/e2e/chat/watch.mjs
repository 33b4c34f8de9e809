// Looks at a transcript frame by frame, from inside the page.
import assert from 'node:assert/strict'

/** Fills a conversation with `count` messages of changing length, both writing. */
export async function fill(a, b, conversation, count) {
  const words = 'the night was calm and breakfast came late today'.split(' ')
  const some = (i) => Array.from({ length: 2 + (i * 7) % 40 }, (_, k) => words[(i + k) % words.length]).join(' ')
  const text = (i) => `${i} ${some(i)}${i % 9 ? '' : '\nline\nline'}`
  let next = 1
  const work = async () => { while (next <= count) await (next % 7 < 4 ? a : b).say(conversation, text(next++)) }
  await Promise.all(Array.from({ length: 8 }, work))
}

/** Scrolls by so many pixels, upwards if negative. */
export function scroll(page, pixels) {
  return page.evaluate((by) => { document.querySelector('[role=log]').parentElement.scrollTop += by }, pixels)
}

/** Scrolls away from the end, and waits until the pages around are loaded. */
export async function away(page, pixels) {
  await page.evaluate(async () => { // before there are rows, there is nothing to scroll
    while (!document.querySelector('[role=log] li[data-seq]')) await new Promise(requestAnimationFrame)
  })
  await scroll(page, -pixels)
  await quiet(page)
}

/** Waits until no rows have come or gone for 300 ms. */
export function quiet(page) {
  return page.evaluate(() => new Promise((done) => {
    const list = document.querySelector('[role=log] ol')
    let timer = setTimeout(finish, 300)
    const seen = new MutationObserver(() => {
      clearTimeout(timer)
      timer = setTimeout(finish, 300)
    })
    function finish() {
      seen.disconnect()
      done()
    }
    seen.observe(list, { childList: true })
  }))
}

/** Begins to note, at each frame, where the row in the middle of the view is. */
export function watch(page) {
  return page.evaluate(async () => {
    await new Promise(requestAnimationFrame) // until then the page has not been told of a scroll just before
    const scroller = document.querySelector('[role=log]').parentElement
    const box = scroller.getBoundingClientRect()
    const middle = box.top + box.height / 2
    const row = [...document.querySelectorAll('[role=log] li[data-key]')].find((li) => li.getBoundingClientRect().bottom > middle)
    const place = () => row.getBoundingClientRect().top
    const from = place()
    globalThis.watched = { shift: 0, frames: 0, lost: false }
    const look = () => {
      globalThis.watched.lost ||= !row.isConnected
      globalThis.watched.shift = Math.max(globalThis.watched.shift, Math.abs(place() - from))
      globalThis.watched.frames++
    }
    // A new observer is told last in its frame, after all others and right before the paint: measured is what a reader sees.
    const frame = () => {
      const last = new ResizeObserver(() => {
        last.disconnect()
        look()
      })
      last.observe(document.body)
      globalThis.watching = requestAnimationFrame(frame)
    }
    globalThis.watching = requestAnimationFrame(frame)
    return row.dataset.seq
  })
}

/** Ends `watch`: the largest shift in px, over how many frames, and whether the row went. */
export function watched(page) {
  return page.evaluate(async () => {
    const until = globalThis.watched.frames + 3
    while (globalThis.watched.frames < until) await new Promise(requestAnimationFrame)
    cancelAnimationFrame(globalThis.watching)
    return globalThis.watched
  })
}

/** Ends `watch` and fails if the row has moved. */
export async function still(page, what) {
  const { shift, frames, lost } = await watched(page)
  assert.ok(frames > 2 && !lost, `${what}: ${frames} frames`)
  assert.ok(shift <= 1, `${what}: the row moved by ${shift} px`)
}

/** Lets the page believe that its window has lost, or has again, the focus. */
export function attentive(page, is) {
  return page.evaluate((has) => {
    document.hasFocus = () => has
    dispatchEvent(new Event(has ? 'focus' : 'blur'))
  }, is)
}

/** Begun before something leads to a message: gives its number once that has the focus and is highlighted, for however short a time. */
export function highlighted(page) {
  return page.evaluate(() => new Promise((done) => {
    new MutationObserver(() => {
      const row = document.querySelector('[data-found]')
      if (row && row === document.activeElement) done(Number(row.dataset.seq))
    }).observe(document.querySelector('[role=log]'), { subtree: true, attributeFilter: ['data-found', 'tabindex'] })
  }))
}

/** Where an element's top, or its middle, is in the view of the transcript: 0 at the top, 1 at the foot. */
export function place(locator, middle = false) {
  return locator.evaluate((e, half) => {
    const view = e.closest('[role=log]').parentElement.getBoundingClientRect()
    const row = e.closest('li').getBoundingClientRect()
    return (row.top + (half ? row.height / 2 : 0) - view.top) / view.height
  }, middle)
}

/** Numbers of the mounted messages: first, last, and how many rows there are. */
export function mounted(page) {
  return page.evaluate(() => {
    const seqs = [...document.querySelectorAll('[role=log] li[data-seq]')].map((li) => Number(li.dataset.seq))
    return { first: seqs[0], last: seqs.at(-1), count: seqs.length }
  })
}

/** Pixels between the view and the end of the transcript. */
export function fromEnd(page) {
  return page.evaluate(() => Math.abs(document.querySelector('[role=log]').parentElement.scrollTop))
}
