import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { axe, noSidewaysScroll, resize } from './lib/page.mjs'
import { screens, stage } from './lib/screens.mjs'

let set
before(async () => { set = await stage({ dev: true }) })
after(() => set?.close())

/** What axe can't judge: that page reloads itself, and has a link that stops it, as WCAG 2.2.1 wants. */
const allowed = { 'basic, conversation': ['meta-refresh'] }

const widths = [320, 360, 1280]

/** Looks at one screen in one language, in both themes at every width, by all rules. */
async function look(name, language) {
  const page = await screens[name](set.browser, set.w, { language, width: widths[0], height: 740, reducedMotion: 'reduce' })
  for (const width of widths) {
    await resize(page, width)
    for (const colorScheme of ['light', 'dark']) {
      const what = `${name}, ${language}, ${width} px, ${colorScheme}`
      await page.emulateMedia({ colorScheme })
      await axe(page, what, { except: allowed[name] })
      await noSidewaysScroll(page, what)
    }
  }
  assert.deepEqual(page.faults, [], `${name}, ${language}`)
  await page.context().close()
}

for (const name of Object.keys(screens)) {
  test(`A-1..A-10: axe finds nothing on "${name}", light and dark, both directions, at ${widths.join(', ')} px`, async () => {
    await Promise.all(['en', 'ar'].map((language) => look(name, language)))
  })
}
