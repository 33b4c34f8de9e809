// What the page does with a reader's wishes: colours, contrast, movement; and with a keyboard that covers it.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { until } from './lib/page.mjs'
import { box, screens, stage } from './lib/screens.mjs'

let set
before(async () => { set = await stage() })
after(() => set?.close())

const open = (name, how) => screens[name](set.browser, set.w, { language: 'en', ...how })
const style = (page, selector, name) => page.locator(selector).first().evaluate((e, n) => getComputedStyle(e).getPropertyValue(n), name)

test('B-46: light and dark follow the system until somebody chooses, and the choice outlives a reload', async () => {
  const page = await open('family', { phone: true, dark: true })
  const ground = () => style(page, 'html', 'background-color')
  const dark = await ground()
  await page.emulateMedia({ colorScheme: 'light' })
  await until(async () => await ground() !== dark, 'the light theme')
  await page.evaluate(() => localStorage.setItem('kinward.setting.theme', '"dark"'))
  await page.reload()
  await page.getByRole('log').waitFor()
  assert.equal(await ground(), dark)
  await page.context().close()
})

test('B-46: with more contrast wanted, grey words and thin lines become strong', async () => {
  const page = await open('staff, list')
  const colours = () => page.evaluate(() => {
    const root = getComputedStyle(document.documentElement)
    return ['--text', '--text-2', '--line', '--line-strong'].map((name) => root.getPropertyValue(name))
  })
  const [text, grey] = await colours()
  assert.notEqual(text, grey)
  await page.emulateMedia({ contrast: 'more' })
  const [strong, said, line, edge] = await colours()
  assert.equal(said, strong)
  assert.equal(line, edge)
  await page.context().close()
})

test('B-46: where the system sets the colours, what is chosen is outlined and a banner has an edge', async () => {
  const page = await open('staff, patient')
  const current = '.kw-row.is-current'
  assert.equal(await style(page, current, 'outline-style'), 'none')
  await page.emulateMedia({ forcedColors: 'active' })
  assert.equal(await style(page, current, 'outline-style'), 'solid')
  assert.notEqual(await style(page, '.kw-avatar', 'border-top-style'), 'none')
  await page.context().close()
})

test('B-46: without movement nothing is animated, whatever opens or comes', async () => {
  const page = await open('staff, patient', { reducedMotion: 'reduce' })
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await set.w.doctor.say(set.w.patient.conversation, 'comes while nothing moves')
  await page.getByRole('log').getByText('comes while nothing moves').waitFor()
  const longest = await page.evaluate(() => Math.max(0, ...document.getAnimations().map((a) => Number(a.effect.getComputedTiming().duration))))
  assert.ok(longest <= 1, `an animation of ${longest} ms`)
  await page.context().close()
})

test('B-45: the page may be zoomed, reaches into the corners of the screen, and gives way to a keyboard that covers it', async () => {
  const page = await open('family', { phone: true })
  const wanted = await page.locator('meta[name=viewport]').getAttribute('content')
  for (const part of ['width=device-width', 'viewport-fit=cover', 'interactive-widget=resizes-content']) assert.ok(wanted.includes(part), wanted)
  assert.equal(/maximum-scale|user-scalable/.test(wanted), false, 'no lock on zooming')
  assert.ok(await box(page).evaluate((e) => parseFloat(getComputedStyle(e).fontSize)) >= 16, 'iOS zooms into smaller fields')
  const foot = () => page.evaluate(() => document.querySelector('.kw-shell').getBoundingClientRect().bottom)
  assert.equal(await foot(), 740)
  await page.waitForFunction(() => performance.getEntriesByType('resource').some((r) => /keyboard/.test(r.name)))
  await box(page).tap()
  // What iOS does when its keyboard comes: the window stays as it is, what can be seen of it shrinks.
  const cover = (height) => page.evaluate((height) => {
    Object.defineProperty(visualViewport, 'height', { configurable: true, get: () => height })
    visualViewport.dispatchEvent(new Event('resize'))
  }, height)
  await until(async () => { await cover(400); return await foot() === 400 }, 'the page to end above the keyboard')
  const end = await box(page).boundingBox()
  assert.ok(end.y + end.height <= 400, 'the box is above it too')
  await cover(740)
  assert.equal(await foot(), 740)
  await page.context().close()
})

test('B-43: with text of 200 % a doctor\'s phone shows messages under the patient\'s name, before any scrolling', async () => {
  const page = await open('staff, patient', { phone: true })
  await page.evaluate(() => localStorage.setItem('kinward.setting.textSize', '200'))
  await page.reload()
  await page.getByRole('log').locator('li[data-key]').first().waitFor()
  const { top, bottom } = await page.locator('.kw-scroller').evaluate((e) => e.getBoundingClientRect())
  assert.ok(top >= 0 && Math.min(bottom, 740) - top > 300, `the messages have ${top} to ${bottom} of 740 px`)
  await page.context().close()
})
