// The smoke checks of one engine, named by ENGINE: what depends on the engine more than on our code.
import { after, afterEach, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { away, fill, fromEnd, mounted, quiet, scroll, watch, watched } from '../chat/watch.mjs'
import { start } from '../lib/kinward.mjs'
import { until } from '../lib/page.mjs'
import { methodNames, methods, two } from '../lib/people.mjs'
import { word } from '../lib/screens.mjs'
import { embedding, site } from '../lib/site.mjs'
import { launch as firefox } from './firefox.mjs'
import { launch as webkit } from './webkit.mjs'

const engine = process.env.ENGINE
const en = (key) => word('en', key)
const wide = { width: 1280, height: 800 }
const box = { role: 'textbox', name: /^Write/ }
const send = { role: 'button', name: en('chat.send') }
const settings = { selector: 'nav button, header button', name: en('staff.settings') }

let home, server, browser, page
process.once('SIGTERM', () => process.exit(1))
process.once('exit', () => server?.stop()) // also where a check dies without closing
before(async () => {
  home = await site()
  server = await start({ demo: true, flags: ['--registration', 'open', ...home.flags] })
  browser = await { Firefox: firefox, WebKitGTK: webkit }[engine](server.url)
  console.log(`${engine}: ${browser.version}`)
})
afterEach(async () => {
  await page?.close()
  page = undefined
})
after(async () => {
  await browser?.close()
  await server?.close()
  await home?.close()
})

/** A page of a person who is signed in, on a path; { settings } are choices of the device. */
async function opened(person, path, { size = wide, settings = {} } = {}) {
  page = await browser.page(size)
  await page.goto(browser.url)
  await page.evaluate(async (account, choices) => {
    const body = JSON.stringify({ account })
    const r = await fetch('/api/v1/sessions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    if (!r.ok) throw new Error(await r.text())
    for (const [name, value] of Object.entries(choices)) localStorage.setItem(`kinward.setting.${name}`, JSON.stringify(value))
  }, person.id, settings)
  await page.goto(browser.url + path)
  if (path.startsWith('/c/')) await page.until(() => document.querySelector('[role=log]'), 'the conversation') // taller than the view
  return page
}

async function say(text) {
  await page.click(box)
  await page.type(text)
  await page.click(send)
}

function shows(text) {
  return page.until((t) => [...document.querySelectorAll('[role=log] li[data-seq]')].some((li) => li.textContent.includes(t)), `"${text}"`, text)
}

function rows() {
  return page.evaluate(() => [...document.querySelectorAll('[role=log] li[data-key]')]
    .map((li) => ({ seq: Number(li.dataset.seq), text: li.textContent })))
}

const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)

async function still(what) {
  const { shift, frames, lost } = await watched(page)
  assert.ok(frames > 2 && !lost, `${what}: ${frames} frames`)
  assert.ok(shift <= 1, `${what}: the row moved by ${shift} px`)
}

test('what the content security policy forbids, and what fails, is noted at all', async () => {
  page = await browser.page(wide)
  await page.goto(browser.url)
  await page.find({ role: 'tab', name: en('entry.tab_open') })
  assert.deepEqual(page.faults, [])
  await page.evaluate(() => {
    document.head.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.forbidden = true' }))
    setTimeout(() => { throw new Error('thrown to be noted') })
  })
  await until(() => page.faults.length >= 2, 'two faults')
  assert.match(page.faults.join('\n'), /Content.Security.Policy/i)
  assert.match(page.faults.join('\n'), /thrown to be noted/)
  assert.equal(await page.evaluate(() => globalThis.forbidden ?? false), false)
})

test('S5: staff sign in with a password; a wrong one says so', async () => {
  page = await browser.page(wide)
  await page.goto(browser.url)
  await page.click({ role: 'tab', name: en('entry.tab_staff') })
  for (const password of ['not the password', server.passwords.get('elena.fischer')]) {
    await page.click({ role: 'textbox', name: en('entry.handle') })
    await page.evaluate(() => document.activeElement.select())
    await page.type('elena.fischer')
    await page.click({ role: 'textbox', name: en('entry.password') })
    await page.evaluate(() => document.activeElement.select())
    await page.type(password)
    await page.press('Enter')
    if (password.startsWith('not')) await page.until((t) => document.body.innerText.includes(t), 'the refusal', en('core.error_sign_in_failed'))
  }
  await page.find({ selector: 'nav' })
  assert.equal(await page.evaluate(() => document.cookie), '', 'the session is not for scripts')
  await page.click({ selector: 'nav a[href^="/patients/"]' })
  await page.find({ selector: '[role=log]' })
  await page.picture(`smoke-${engine}-staff`)
  // The refusal of the wrong password is told as a resource that did not load.
  assert.deepEqual(page.faults.filter((f) => !/40[01]/.test(f)), [])
})

test('B1-B4: in open mode one registers with a name, and later chooses one’s account', async () => {
  const name = `Chen Wei ${Date.now() % 10000}`
  for (const first of [true, false]) {
    page = await browser.page(wide)
    await page.goto(browser.url)
    await page.click({ role: 'tab', name: en('entry.tab_open') })
    if (first) {
      await page.click({ role: 'textbox', name: en('entry.open_name') })
      await page.type(name)
      await page.click({ role: 'button', name: en('entry.open_make') })
    } else {
      await page.click({ role: 'textbox', name: en('entry.open_search') })
      await page.type('chen')
      await page.click({ role: 'radio', name: new RegExp(name) })
      await page.picture(`smoke-${engine}-entry`)
      await page.click({ role: 'button', name: en('entry.open_continue') })
    }
    await page.find(settings)
    assert.deepEqual(page.faults, [])
    if (first) await page.close()
  }
})

for (const method of methods) {
  test(`B10, U4: messages go both ways over ${method}`, async () => {
    const { ana, bruno, conversation } = await two(server)
    await opened(ana, `/c/${conversation}`, { settings: { choice: method, intervalS: 2 } })
    await page.find({ role: 'button', name: new RegExp(`${en('connection.live')}.*${methodNames[method]}`, 'i') })
    await bruno.say(conversation, 'Did she eat today?')
    await shows('Did she eat today?')
    await say('Yes, half of it.')
    await until(async () => (await bruno.transcript(conversation)).length === 2, 'the answer on the server')
    await until(async () => /Sent|Delivered|Read/.test((await rows()).at(-1)?.text), 'its state')
    assert.deepEqual((await rows()).map((r) => r.seq), [1, 2])
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA', 'B-5: the focus stays in the box')
    assert.deepEqual(page.faults, [])
  })
}

test('B-37: another method in the picker takes over at once', async () => {
  const { ana, bruno, conversation } = await two(server)
  await opened(ana, `/c/${conversation}`)
  const badge = { selector: '.kw-line-badge' }
  await page.click(badge)
  for (const method of [...methods.slice(1), methods[0]]) {
    await page.click({ role: 'radio', name: new RegExp(`^${methodNames[method]}`) })
    await bruno.say(conversation, `by ${method}`)
    await page.until((t) => document.querySelector('[role=log] ol').textContent.includes(t), 'the message', `by ${method}`)
  }
  await page.click({ role: 'button', name: en('connection.test') })
  await page.until(() => document.querySelectorAll('dialog .kw-test-ok, dialog .kw-test-bad').length === 4, 'four results')
  await page.picture(`smoke-${engine}-picker`)
  assert.equal(await page.evaluate(() => document.querySelectorAll('dialog .kw-test-bad').length), 0, 'all four work')
  await page.press('Escape')
  await page.until(() => !document.querySelector('dialog'), 'the dialog to close')
  assert.equal(await page.evaluate(() => document.activeElement?.matches('.kw-line-badge')), true, 'A-7: the focus is back')
  assert.deepEqual((await rows()).map((r) => r.seq), [1, 2, 3, 4])
  assert.deepEqual(page.faults, [])
})

test('B-22, B-23: what is being read moves by no pixel', async () => {
  const { ana, bruno, conversation } = await two(server)
  await fill(ana, bruno, conversation, 400)
  await ana.call('PUT', `/conversations/${conversation}/marks`, { read: 400 })
  await opened(ana, `/c/${conversation}`)
  await until(async () => (await mounted(page)).last === 400 && await fromEnd(page) < 1, 'the end')
  await page.picture(`smoke-${engine}-chat`)
  for (let i = 0; i < 6; i++) {
    await quiet(page)
    const { first } = await mounted(page)
    await scroll(page, -1e5)
    await scroll(page, 700)
    await watch(page)
    await until(async () => (await mounted(page)).first < first, 'an older page')
    await quiet(page)
    await still(`older page ${i}`)
  }
  assert.ok((await mounted(page)).last < 400, 'the newest page was dropped')
  const { last } = await mounted(page)
  await scroll(page, 1e5)
  await scroll(page, -700)
  await watch(page)
  await until(async () => (await mounted(page)).last > last, 'a newer page')
  await quiet(page)
  await still('newer page')
  await page.click({ role: 'button', name: en('chat.newest') })
  await until(async () => (await mounted(page)).last === 400 && await fromEnd(page) < 1, 'the newest message')
  assert.deepEqual(page.faults, [])
})

test('B-22, B-6: away from the end the position is held, whatever comes, grows or is written; at the end, the end', async () => {
  const { ana, bruno, conversation } = await two(server)
  await fill(ana, bruno, conversation, 60)
  await ana.call('PUT', `/conversations/${conversation}/marks`, { read: 60 })
  await opened(ana, `/c/${conversation}`)
  await until(async () => (await mounted(page)).last === 60, 'the transcript')
  await away(page, 900)
  const seq = Number(await watch(page))
  for (let i = 1; i <= 3; i++) await bruno.say(conversation, `new ${i}\nwith a second line`)
  const pill = { role: 'button', name: '3 new' }
  await page.find(pill)
  await still('three new messages')

  await watch(page)
  const his = (await bruno.transcript(conversation)).filter((m) => m.sender === bruno.id)
  for (const m of [his.find((m) => m.seq > seq + 12), his.findLast((m) => m.seq < seq - 12)]) {
    await bruno.call('PATCH', `/conversations/${conversation}/messages/${m.seq}`, { text: `${'longer than before. '.repeat(20)}${m.seq}` })
    await shows('longer than before')
  }
  await still('rows that grow')

  await watch(page)
  const { height } = await page.find(box)
  await page.click(box)
  await page.type('1\n2\n3\n4\n5\n6\n7\n8\n9')
  const grown = (await page.find(box)).height
  assert.ok(grown > height + 80, `the box grew from ${height} to ${grown} px`)
  await still('the box grows')
  await page.picture(`smoke-${engine}-reading`)
  await page.click(pill)
  await page.until((last) => document.querySelector(`[data-seq="${last}"]`)?.getBoundingClientRect().top < innerHeight, 'the first new message', 61)
  await scroll(page, 1e5)
  await until(async () => await fromEnd(page) === 0, 'the end')
  await page.click(box)
  await page.type('\n10\n11\n12\n13\n14\n15\n16\n17\n18')
  assert.equal(await fromEnd(page), 0, 'the end stays in view while the box grows')
  assert.ok((await page.find(box)).height <= 0.4 * wide.height + 1)
  await bruno.say(conversation, 'at the end')
  await shows('at the end')
  assert.equal(await fromEnd(page), 0, 'and while messages come')
  await page.click(send)
  await until(async () => (await page.find(box)).height <= height + 1, 'the small box')
  assert.deepEqual(page.faults, [])
})

test('B-4: a draft outlives a reload, with the caret at its end, and goes when it is sent', async () => {
  const { ana, bruno, conversation } = await two(server)
  await opened(ana, `/c/${conversation}`)
  await page.click(box)
  await page.type('half a sentence')
  await page.reload()
  await page.until(() => document.querySelector('textarea')?.value === 'half a sentence', 'the draft')
  assert.equal(await page.evaluate(() => document.querySelector('textarea').selectionStart), 15)
  await say(' more')
  await until(async () => (await bruno.transcript(conversation))[0]?.text === 'half a sentence more', 'the message')
  await page.reload()
  await shows('half a sentence more')
  assert.equal((await page.find(box)).value, '')
  assert.deepEqual(page.faults, [])
})

test('A-7, A-12, S-7: the settings give the focus back, and make the page dark and Arabic for good', async () => {
  const { ana, bruno, conversation } = await two(server, 'مريم حداد', 'عمر خليل')
  await ana.say(conversation, 'صباح الخير، كيف كانت الليلة؟')
  await bruno.say(conversation, 'Good morning! She slept well, 38.2 °C at 06:00.')
  await opened(ana, `/c/${conversation}`)
  await shows('She slept well')
  await page.click(settings)
  await page.find({ role: 'dialog', name: en('entry.settings') })
  await page.press('Escape')
  await page.until(() => !document.querySelector('dialog'), 'the dialog to close')
  assert.equal(await focused(), en('staff.settings'))

  await page.click(settings)
  await page.click({ role: 'radio', name: en('entry.theme_dark') })
  await page.choose({ selector: 'dialog select:has(option[value=ar])' }, 'ar')
  await page.until(() => document.documentElement.dir === 'rtl', 'the page from right to left')
  await page.find({ role: 'dialog', name: word('ar', 'entry.settings') })
  await page.press('Escape')
  await page.reload()
  await shows('She slept well')
  const look = await page.evaluate(() => {
    const log = document.querySelector('[role=log]').getBoundingClientRect()
    const own = document.querySelector('.is-own .kw-bubble').getBoundingClientRect()
    const nav = document.querySelector('nav').getBoundingClientRect()
    const { dir, lang, scrollWidth, clientWidth } = document.documentElement
    const [red] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number)
    return { dir, lang, over: scrollWidth - clientWidth, red, ownLeft: own.left + own.right < log.left + log.right, navRight: nav.left > log.left }
  })
  await page.picture(`smoke-${engine}-arabic`)
  await page.click({ selector: 'nav button, header button', name: word('ar', 'staff.settings') })
  await page.find({ role: 'dialog', name: word('ar', 'entry.settings') })
  await page.picture(`smoke-${engine}-arabic-settings`)
  assert.ok(look.red < 40, 'a dark ground')
  assert.deepEqual({ ...look, red: 0 }, { dir: 'rtl', lang: 'ar', over: 0, red: 0, ownLeft: true, navRight: true })
  assert.deepEqual(page.faults, [])
})

test('embed: a frame on another site signs in without a cookie, and hears what comes', async () => {
  const { ana, bruno, conversation } = await two(server)
  home.pages.set('/record', () => ['text/html', embedding(browser.url, { token: home.token(ana.handle, 'member') })])
  page = await browser.page(wide)
  await page.goto(`${home.url}/record`)
  await page.until(() => globalThis.told.some(([event]) => event === 'ready'), 'the frame to be signed in')
  await bruno.say(conversation, 'Do you hear this in the frame?')
  await page.until(() => globalThis.told.some(([event, detail]) => event === 'unread' && detail.count === 1), 'the message in the frame')
  assert.deepEqual(await page.evaluate(() => globalThis.told.filter(([event]) => event === 'error')), [])
})
