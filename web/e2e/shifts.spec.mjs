// Nothing that comes late moves what a finger is about to tap.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { device } from './lib/page.mjs'
import { stage, word } from './lib/screens.mjs'

let w, browser, close
before(async () => {
  ({ w, browser, close } = await stage())
})
after(() => close?.())

const en = (key) => word('en', key)
const button = (page, key) => page.getByRole('button', { name: en(key), exact: true })
const messages = (page) => page.getByRole('log').locator('li[data-key]').first()
const live = (page) => page.locator('.kw-line-badge.is-live').first()

// Runs in the page before anything of its own: notes at each frame what of all that can be tapped stands elsewhere than before.
function watch() {
  const tappable = '#app :is(a[href], button, input, select, textarea, summary)'
  const moves = globalThis.moves = []
  const places = new Map()
  const words = (e) => `${e.tagName.toLowerCase()} "${(e.getAttribute('aria-label') ?? e.textContent).trim().slice(0, 40)}"`
  // What grows at one of its sides is still where it was.
  const far = (a, b) => [['left', 'right'], ['top', 'bottom']].some((sides) => sides.every((s) => Math.abs(a[s] - b[s]) > 1))
  const look = () => {
    for (const e of document.querySelectorAll(tappable)) {
      const now = e.getBoundingClientRect()
      const before = places.get(e)
      if (now.width && before?.width && far(before, now)) moves.push(`${words(e)}: ${before.x}, ${before.y} → ${now.x}, ${now.y}`)
      places.set(e, now)
    }
  }
  // A new observer is told last in its frame, after all others and right before the paint: what is measured is what is seen.
  const frame = () => {
    const last = new ResizeObserver(() => {
      last.disconnect()
      look()
    })
    last.observe(document.documentElement)
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}

/** Opens somebody's page with what the device has kept: { notes }, { text }. No list of patients is there before the page is. */
async function opened(person, path, { notes = {}, text = 100, ...how } = {}) {
  const page = await device(browser, { serviceWorkers: 'block', reducedMotion: 'reduce', ...how })
  await person.enter(page.context())
  await page.addInitScript(watch)
  await page.addInitScript(([notes, text]) => {
    for (const [name, value] of Object.entries(notes)) localStorage.setItem(`kinward.note.${name}`, value)
    localStorage.setItem('kinward.setting.textSize', JSON.stringify(text))
    Object.defineProperty(Notification, 'permission', { get: () => 'default' }) // headless, nobody can be asked
  }, [notes, text])
  await late(page, '**/api/v1/patients?*', page.locator('.kw-pane:visible').first())
  await page.goto(person.url + path)
  return page
}

/** Holds answers back until something has been painted. */
function late(page, url, first) {
  return page.route(url, async (r) => {
    await first.waitFor()
    await page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)) }))
    await r.continue()
  })
}

/** Fails if anything has moved until now. */
async function stood(page) {
  const moves = await page.evaluate(async () => {
    for (let frames = 0; frames < 4; frames++) await new Promise(requestAnimationFrame)
    return globalThis.moves
  })
  assert.deepEqual(moves, [])
  await page.context().close()
}

/** The browser says that the page can be installed: Chromium does so at some time after loading. */
const installable = (page) => page.evaluate(() => {
  dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt: async () => undefined }))
})

const written = { sent: 'yes' }
const returned = { visits: '1', tell_after: String(Date.now() + 24 * 3600_000) }

for (const phone of [true, false]) {
  const on = phone ? 'a phone' : 'a desk'

  test(`Shifts: a relative's page, the offer to be told, on ${on}`, async () => {
    const page = await opened(w.ana, '/', { phone, notes: written })
    await messages(page).waitFor()
    await button(page, 'connection.tell').waitFor()
    await stood(page)
  })

  test(`Shifts: a relative's page, the offer to install, on ${on}`, async () => {
    const page = await opened(w.ana, '/', { phone, notes: returned })
    await messages(page).waitFor()
    await installable(page)
    await button(page, 'connection.install').waitFor()
    await stood(page)
  })

  test(`Shifts: a relative of two chooses, on ${on}`, async () => {
    const page = await opened(w.both, '/', { phone, notes: written })
    await button(page, 'connection.tell').waitFor()
    await stood(page)
  })

  test(`Shifts: help, on ${on}`, async () => {
    const page = await opened(w.ana, '/', { phone, notes: { ...written, visits: '1' } })
    await page.getByRole('link', { name: en('family.help') }).click()
    await button(page, 'connection.tell').waitFor()
    await installable(page)
    await button(page, 'connection.install').waitFor()
    await stood(page)
  })

  test(`Shifts: a doctor's inbox, on ${on}`, async () => {
    const page = await opened(w.doctor, '/', { phone })
    await page.getByRole('link', { name: new RegExp(w.patient.name) }).waitFor()
    await live(page).waitFor()
    await stood(page)
  })

  test(`Shifts: settings, whose list of devices comes late, on ${on}`, async () => {
    const page = await opened(w.doctor, '/', { phone })
    await late(page, '**/api/v1/sessions', button(page, 'entry.sign_out').last())
    await button(page, 'staff.settings').click()
    await page.locator('summary', { hasText: /\(\d+\)/ }).waitFor()
    await stood(page)
  })
}

test('Shifts: a relative with the largest text on a small phone begins at the box', async () => {
  const page = await opened(w.ana, '/', { phone: true, height: 600, text: 200 })
  await messages(page).waitFor()
  await page.locator('.kw-family-told > p:not(.is-awaited)').first().waitFor()
  const { top, height } = await page.locator('form textarea').evaluate((e) => e.getBoundingClientRect())
  assert.ok(top + height < 600, `the box ends at ${top + height}`)
  await stood(page)
})

for (const [on, how] of [['a phone', { phone: true }], ['a tablet', { width: 900 }], ['a desk', {}]]) {
  test(`Shifts: a doctor's conversation, on ${on}`, async () => {
    const page = await opened(w.doctor, `/patients/${w.patient.id}`, how)
    await messages(page).waitFor()
    await live(page).waitFor({ state: 'attached' })
    await stood(page)
  })

  test(`Shifts: a conversation among colleagues, on ${on}`, async () => {
    const page = await opened(w.member, `/c/${w.talk}`, how)
    await messages(page).waitFor()
    await live(page).waitFor({ state: 'attached' })
    await stood(page)
  })
}

test('Shifts: the entry in open mode, whose list of accounts comes late', async () => {
  const nobody = { url: w.open.url, enter: () => undefined }
  const page = await opened(nobody, '/', { phone: true })
  await late(page, '**/api/v1/accounts', page.getByRole('combobox', { name: en('entry.receive') }))
  await page.getByRole('tab', { name: en('entry.tab_open') }).click()
  await page.getByRole('radio').first().waitFor({ state: 'attached' })
  await button(page, 'entry.open_make').waitFor()
  await stood(page)
})
