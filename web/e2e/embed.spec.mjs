// Kinward in the page of another system of the hospital: <kinward-chat> on a second site, whose pages are served here.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { axe, device, noSidewaysScroll, until } from './lib/page.mjs'
import { box, methodNames } from './lib/people.mjs'
import { word } from './lib/screens.mjs'
import { embedding, site } from './lib/site.mjs'
import { alone, relative } from './lib/ward.mjs'

const en = (key) => word('en', key)

let home, stranger, server, browser, doctor, patient, rita
before(async () => {
  [home, stranger, browser] = await Promise.all([site(), site(), launch()])
  server = await start({ demo: true, flags: home.flags })
  doctor = await server.signIn('elena.fischer')
  ;[patient] = await alone(doctor)
  rita = await relative(server, doctor, [patient])
})
after(async () => {
  await browser?.close()
  await server?.close()
  await Promise.all([home?.close(), stranger?.close()])
})

const token = (handle = 'elena.fischer', role = 'doctor', more) => home.token(handle, role, more)

let count = 0

/** Opens a page of a site that embeds Kinward; the events of the element are in `page.told()`. */
async function embedded(attributes, { on = home, how, before } = {}) {
  const path = `/record/${++count}`
  on.pages.set('/token', () => ['text/plain', token()])
  on.pages.set(path, () => ['text/html', embedding(server.url, attributes, before)])
  const page = await device(browser, how)
  page.asked = []
  page.on('request', (r) => page.asked.push(`${r.method()} ${r.url()}`))
  await page.goto(on.url + path)
  page.told = (name) => page.evaluate((name) => globalThis.told.filter(([e]) => e === name).map(([, detail]) => detail), name)
  page.inside = page.frameLocator('kinward-chat iframe')
  page.frame = async () => until(() => page.frames().find((f) => f.url().startsWith(server.url)), 'the frame')
  return page
}

/** What an event told each time that it came, once it has. */
const some = (page, name) => until(async () => {
  const all = await page.told(name)
  return all.length > 0 && all
}, `the event ${name}`)

const arrived = (text) => until(async () => (await doctor.transcript(patient.conversation)).find((m) => m.text === text), `"${text}" at the server`)

test('embed: a doctor writes to the family of the patient whose record is open', async () => {
  const signed = token('elena.fischer', 'doctor', { patient: patient.identifiers[0].value })
  const page = await embedded({ token: signed })
  await page.inside.getByRole('heading', { level: 1, name: patient.name }).waitFor()
  await box(page.inside).fill('Written inside the record.')
  await box(page.inside).press('Enter')
  await page.inside.getByRole('button', { name: en('chat.confirm_send'), exact: true }).click() // W14: whose family reads it
  const m = await arrived('Written inside the record.')
  assert.equal(m.sender, doctor.id)
  await until(async () => (await page.told('ready')).length === 1 && (await page.told('unread')).length > 0, 'the events')
  assert.deepEqual((await page.told('open')).at(-1).patient, patient.id)
  assert.deepEqual(await page.told('error'), [])
  assert.deepEqual(await page.context().cookies(), [], 'no cookie is needed, and none is set')
  assert.equal(page.asked.some((url) => url.includes(signed.slice(0, 20)) || url.includes('kw_')), false, 'no token in an address')
  const frame = await page.frame()
  assert.equal(new URL(frame.url()).pathname, '/embed', 'the address of the frame stays')
  await axe(frame, 'the frame')
  await noSidewaysScroll(frame, 'the frame')
  assert.deepEqual(page.faults, [])
})

test('embed: all four methods carry the feed of a frame', async () => {
  const page = await embedded({ token: token() }, { how: { height: 1000 } })
  await page.inside.getByRole('navigation').first().waitFor()
  await page.inside.getByRole('button', { name: 'Connection: Live · WebSocket' }).click()
  await page.inside.getByRole('dialog').getByRole('button', { name: 'Test all four' }).click()
  const results = page.inside.getByRole('dialog').getByRole('listitem')
  for (const name of Object.values(methodNames)) await results.filter({ hasText: name }).getByText(/Works, \d+ ms/).first().waitFor()
})

test('embed: a site that is not on the list gets nothing', async () => {
  const page = await embedded({ token: token() }, { on: stranger })
  await until(async () => page.frames().length === 2 && page.frames()[1].url().startsWith('chrome-error:'), 'the frame to be refused')
  assert.equal(page.asked.some((r) => r.includes('/embed/sessions')), false, 'the token has stayed with the site')
})

test('embed: a fresh token of the site keeps the page signed in, and brings it back', async () => {
  const page = await embedded({ 'token-url': '/token' }, { how: { clock: true } })
  await page.inside.getByRole('navigation').first().waitFor()
  const tokens = () => home.asked.filter((url) => url === '/token').length
  const first = tokens()
  const renewed = page.waitForResponse((r) => r.url().endsWith('/embed/sessions/current') && r.request().method() === 'PUT')
  await page.clock.runFor('09:01')
  assert.equal((await renewed).status(), 200)
  assert.equal(tokens(), first + 1)
  const { sessions } = await doctor.call('GET', '/sessions')
  for (const s of sessions.filter((s) => !s.current)) await doctor.call('DELETE', `/sessions/${s.id}`)
  await until(async () => (await page.told('ready')).length === 2, 'the frame to come back')
  await page.inside.getByRole('navigation').first().waitFor()
  assert.equal((await page.told('token-expired')).length, 1)
  assert.deepEqual(page.faults, [])
})

test('embed: without a token the frame says what to do, and so does the element', async () => {
  const used = token()
  await (await embedded({ token: used })).inside.getByRole('navigation').first().waitFor()
  const page = await embedded({ token: used })
  await page.inside.getByRole('heading', { name: en('entry.embed_title') }).waitFor()
  const [problem] = await some(page, 'error')
  assert.equal(problem.code, 'sign_in_failed')
  await some(page, 'token-expired')
  await page.evaluate((token) => document.querySelector('kinward-chat').setAttribute('token', token), token())
  await page.inside.getByRole('navigation').first().waitFor()
})

test('embed: a closed bubble counts what comes and reads nothing', async () => {
  const page = await embedded({ token: token('elena.fischer', 'doctor', { patient: patient.id }), layout: 'bubble', label: 'Families' })
  await until(async () => (await page.told('ready')).length === 1, 'the frame')
  const button = page.getByRole('button', { name: 'Families' })
  assert.equal(await page.locator('kinward-chat iframe').isVisible(), false)
  const before = (await some(page, 'unread')).at(-1).count
  const { seq } = await rita.say(patient.conversation, 'Is anybody there?')
  await until(async () => (await page.told('unread')).at(-1)?.count === before + 1, 'the count')
  assert.equal(await button.innerText(), `Families (${before + 1})`)
  assert.ok(await doctor.unread(patient.conversation) > 0, 'nobody has seen it')
  await axe(page, 'the page around the bubble')
  await button.focus()
  await page.keyboard.press('Enter')
  await page.inside.getByRole('log').getByText('Is anybody there?').waitFor()
  await until(async () => await doctor.unread(patient.conversation) === 0, `message ${seq} to be read`)
  await until(async () => (await page.told('unread')).at(-1).count === before, 'the count to go down')
  await button.click()
  assert.equal(await page.locator('kinward-chat iframe').isVisible(), false)
})

test('embed: a relative sees their conversation, in the language of the page around it', async () => {
  const page = await embedded({ token: token(rita.handle, 'family', { patient: patient.id }), lang: 'de', theme: 'dark' }, { how: { phone: true } })
  await page.inside.getByRole('log').waitFor()
  const frame = await page.frame()
  assert.match(await frame.evaluate(() => document.documentElement.lang), /^de/)
  await axe(frame, 'the frame of a relative')
})

test('embed: whoever types into the page around it goes on typing there', async () => {
  const page = await embedded({ token: token('elena.fischer', 'doctor', { patient: patient.id }) }, { before: '<textarea aria-label="Findings" autofocus></textarea>' })
  await page.keyboard.type('lungs ')
  await box(page.inside).waitFor()
  await until(async () => (await page.told('ready')).length === 1, 'the frame')
  await page.keyboard.type('clear')
  assert.equal(await page.getByRole('textbox', { name: 'Findings' }).inputValue(), 'lungs clear')
  assert.equal(await box(page.inside).inputValue(), '')
})

test('embed: other windows have no say', async () => {
  const page = await embedded({ token: token() }, { before: '<iframe name="other" srcdoc="<p>other"></iframe>' })
  await page.inside.getByRole('navigation').first().waitFor()
  const other = page.frames().find((f) => f.name() === 'other')
  await other.evaluate((url) => {
    const frame = parent.document.querySelector('kinward-chat').shadowRoot.querySelector('iframe').contentWindow
    frame.postMessage({ kinward: 1, is: 'look', lang: 'de' }, url)
    frame.postMessage({ kinward: 1, is: 'token', token: 'made.up' }, url)
  }, server.url)
  await page.evaluate(() => document.querySelector('kinward-chat').setAttribute('theme', 'dark')) // comes after them
  const frame = await page.frame()
  await until(() => frame.evaluate(() => document.documentElement.dataset.theme === 'dark'), 'the word of the page')
  assert.match(await frame.evaluate(() => document.documentElement.lang), /^en/)
  assert.deepEqual(await page.told('error'), [])
})
