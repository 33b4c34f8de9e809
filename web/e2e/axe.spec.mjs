import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { axe, noSidewaysScroll } from './lib/page.mjs'
import { screens, world } from './lib/screens.mjs'

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

for (const [name, show] of Object.entries(screens)) {
  test(`A-1..A-10: axe finds nothing on "${name}", light and dark, both directions, 320, 360 and 1280 px`, async () => {
    for (const language of ['en', 'ar']) {
      for (const width of [320, 360, 1280]) {
        const page = await show(browser, w, { language, width, height: 740 })
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          const what = `${name}, ${language}, ${width} px, ${colorScheme}`
          await axe(page, what)
          await noSidewaysScroll(page, what)
        }
        assert.deepEqual(page.faults, [], `${name}, ${language}, ${width} px`)
        await page.context().close()
      }
    }
  })
}
