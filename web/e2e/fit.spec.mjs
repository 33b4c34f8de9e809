import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { noSidewaysScroll } from './lib/page.mjs'
import { box, screens, world } from './lib/screens.mjs'

let hospital, open, browser, w
before(async () => {
  [hospital, open, browser] = await Promise.all([start({ demo: true }), start({ flags: ['--registration', 'open'] }), launch()])
  w = await world(hospital, open)
})
after(async () => {
  await browser?.close()
  await hospital?.close()
  await open?.close()
})

for (const name of ['family', 'staff, patient', 'people, conversation', 'people, group']) {
  for (const language of ['en', 'de', 'ar']) {
    test(`B-43: "${name}" at 320 px and 200 % text shows 12 rem of messages (${language})`, async () => {
      const page = await screens[name](browser, w, { language, width: 320, height: 640 })
      await page.evaluate(() => localStorage.setItem('kinward.setting.textSize', '200'))
      await page.reload()
      const log = page.getByRole('log')
      await log.waitFor()
      assert.equal(await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize)), 32)
      await noSidewaysScroll(page, name)
      const reachable = await log.evaluate((ol) => {
        const scroller = ol.closest('[data-scroller]') ?? ol.parentElement
        return scroller.clientHeight / parseFloat(getComputedStyle(document.documentElement).fontSize)
      })
      assert.ok(reachable >= Math.min(12, 0.6 * 640 / 32) - 0.1, `${reachable} rem of messages`)
      await box(page).scrollIntoViewIfNeeded()
      await box(page).fill('still to be used')
      const size = await box(page).boundingBox()
      assert.ok(size.width > 100 && size.height >= 44)
      await page.context().close()
    })
  }
}

for (const [name, least] of [['family', 48], ['staff, patient', 44], ['staff, list', 44], ['people, conversation', 44]]) {
  test(`B-44: targets of "${name}" are ${least} px or more`, async () => {
    const page = await screens[name](browser, w, { language: 'en', phone: true })
    const small = await page.evaluate((min) => [...document.querySelectorAll('button, a[href], input, textarea, select, [role=tab]')]
      .filter((e) => e.checkVisibility?.() && !e.closest('p, .kw-visually-hidden, [class*=visually], [class*=skip]'))
      .map((e) => {
        const target = e.labels?.[0] && ['checkbox', 'radio'].includes(e.type) ? e.labels[0] : e
        const r = target.getBoundingClientRect()
        return { what: e.outerHTML.slice(0, 120), w: Math.round(r.width), h: Math.round(r.height) }
      })
      .filter((r) => r.w > 1 && (r.w < min - 0.5 || r.h < min - 0.5)), least)
    assert.deepEqual(small, [])
    await page.context().close()
  })
}
