import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { noSidewaysScroll } from './lib/page.mjs'
import { box, screens, send, stage } from './lib/screens.mjs'

let set
before(async () => { set = await stage() })
after(() => set?.close())

/** Opens a screen at 320 px with text twice as large. */
async function large(name, language, height = 640) {
  const page = await screens[name](set.browser, set.w, { language, width: 320, height })
  await page.evaluate(() => localStorage.setItem('kinward.setting.textSize', '200'))
  await page.reload()
  await page.locator('h1').first().waitFor({ state: 'attached' })
  assert.equal(await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize)), 32)
  return page
}

/** How much of an element a reader can have in view at once, in px: what it and every scroller around it let through. */
const reachable = (locator) => locator.evaluate((e) => {
  let least = innerHeight
  for (let up = e; up; up = up.parentElement) if (/auto|scroll/.test(getComputedStyle(up).overflowY)) least = Math.min(least, up.clientHeight)
  return least
})

for (const name of ['family', 'staff, patient', 'people, conversation', 'people, group']) {
  for (const language of ['en', 'de', 'ar']) {
    test(`B-43: "${name}" at 320 px and 200 % text shows 12 rem of messages, and one can write (${language})`, async () => {
      const page = await large(name, language)
      const log = page.getByRole('log')
      await log.waitFor()
      await noSidewaysScroll(page, name)
      const px = await reachable(log)
      assert.ok(px >= Math.min(12 * 32, 0.6 * 640) - 2, `${px} px of messages`)
      await box(page).scrollIntoViewIfNeeded()
      await box(page).fill('still to be used')
      const size = await box(page).boundingBox()
      assert.ok(size.width > 100 && size.height >= 44, JSON.stringify(size))
      await send(page).scrollIntoViewIfNeeded()
      const end = await send(page).boundingBox()
      assert.ok(end.x >= 0 && end.x + end.width <= 320, JSON.stringify(end))
      assert.deepEqual(page.faults, [])
      await page.context().close()
    })
  }
}

for (const name of ['entry, family', 'family, help', 'staff, list', 'people, list']) {
  test(`B-43: "${name}" at 320 px and 200 % text has no sideways scroll and shows all its controls`, async () => {
    for (const language of ['en', 'de', 'ar']) {
      const page = await large(name, language)
      await noSidewaysScroll(page, `${name}, ${language}`)
      const out = await page.locator('button:visible, a[href]:visible, input:visible, select:visible').evaluateAll((all) => all
        .filter((e) => !e.closest('.kw-skip, .kw-hidden'))
        .map((e) => ({ what: e.outerHTML.slice(0, 100), left: e.getBoundingClientRect().left, right: e.getBoundingClientRect().right }))
        .filter(({ left, right }) => left < -1 || right > innerWidth + 1))
      assert.deepEqual(out, [], `${name}, ${language}`)
      await page.context().close()
    }
  })
}

/** What one can press on a page, with its size. A choice is pressed by its label too; links within a sentence are text. */
const targets = (page) => page.evaluate(() => [...document.querySelectorAll('button, a[href], input, textarea, select, summary, [role=tab]')]
  .filter((e) => e.checkVisibility() && !e.closest('p:not(.kw-urgent), .kw-hidden, .kw-skip') && e.type !== 'hidden')
  .map((e) => {
    const target = ['checkbox', 'radio'].includes(e.type) && e.labels[0] ? e.labels[0] : e
    const { x, y, width, height } = target.getBoundingClientRect()
    return { what: e.outerHTML.slice(0, 120), x, y, width, height }
  })
  .filter((t) => t.width > 1))

const least = {
  'entry, family': 48, 'entry, open': 48, 'family': 48, 'family, help': 48, 'family, two patients': 48,
  'staff, patient': 44, 'staff, list': 44, 'staff, details': 44, 'people, conversation': 44, 'settings': 44,
}

for (const [name, min] of Object.entries(least)) {
  test(`B-44: targets of "${name}" are ${min} px or more`, async () => {
    const page = await screens[name](set.browser, set.w, { language: 'en', phone: true })
    const all = await targets(page)
    assert.ok(all.length > 2, `${all.length} targets`)
    assert.deepEqual(all.filter((t) => t.width < min - 0.5 || t.height < min - 0.5), [])
    await page.context().close()
  })
}

for (const name of ['family', 'family, help']) {
  test(`B-44: targets of "${name}" keep 8 px from each other`, async () => {
    const page = await screens[name](set.browser, set.w, { language: 'en', phone: true, height: 2400 }) // all is seen at once
    const close = []
    const all = await targets(page)
    assert.ok(all.length > 4, `${all.length} targets`)
    all.forEach((a, i) => all.slice(i + 1).forEach((b) => {
      const across = Math.max(a.x, b.x) - Math.min(a.x + a.width, b.x + b.width)
      const down = Math.max(a.y, b.y) - Math.min(a.y + a.height, b.y + b.height)
      if (Math.max(across, down) < 7.5) close.push({ a: a.what, b: b.what, across, down })
    }))
    assert.deepEqual(close, [])
    await page.context().close()
  })
}
