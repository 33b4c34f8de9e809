import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { axe, noSidewaysScroll, resize } from './lib/page.mjs'
import { screens, stage } from './lib/screens.mjs'

let set
before(async () => { set = await stage({ dev: true }) })
after(() => set?.close())

/** What axe can't judge: that page reloads itself, and has a link that stops it, as WCAG 2.2.1 wants. */
const allowed = { 'basic, conversation': ['meta-refresh'] }

/** Nothing but colours differs between the themes: TestStyles_dark sees to it. */
const ofColours = ['color-contrast', 'link-in-text-block']

const widths = [320, 360, 1280]

/** Looks at one screen in one language at every width: by all rules, and in the dark theme by those that colours decide. */
async function look(name, language) {
  const page = await screens[name](set.browser, set.w, { language, width: widths[0], height: 740, reducedMotion: 'reduce' })
  for (const width of widths) {
    await resize(page, width)
    const what = `${name}, ${language}, ${width} px`
    await page.emulateMedia({ colorScheme: 'light' })
    await axe(page, `${what}, light`, { except: allowed[name] })
    await noSidewaysScroll(page, what)
    await page.emulateMedia({ colorScheme: 'dark' })
    await axe(page, `${what}, dark`, { only: ofColours })
  }
  assert.deepEqual(page.faults, [], `${name}, ${language}`)
  await page.context().close()
}

for (const name of Object.keys(screens)) {
  test(`A-1..A-10: axe finds nothing on "${name}", light and dark, both directions, at ${widths.join(', ')} px`, async () => {
    await Promise.all(['en', 'ar'].map((language) => look(name, language)))
  })
}
