// The client without a mouse, and what it says to those who listen.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device, stopTime, until } from './lib/page.mjs'
import { box, opened, say, send, two } from './lib/people.mjs'
import { word } from './lib/screens.mjs'
import { wardFlags } from './lib/ward.mjs'

let hospital, open, browser, doctor, ana, patient
before(async () => {
  [hospital, open, browser] = await Promise.all([
    start({ demo: true, flags: wardFlags }), start({ flags: ['--registration', 'open'] }), launch(),
  ])
  doctor = await hospital.signIn('elena.fischer')
  ana = await hospital.signIn('ana.silva')
  patient = (await doctor.patients()).find((p) => p.family.some((f) => f.person === ana.id))
})
after(async () => {
  await browser?.close()
  await hospital?.close()
  await open?.close()
})

const en = (key) => word('en', key)

async function at(person, path, how) {
  const page = await device(browser, how)
  await person.enter(page.context())
  await page.goto(hospital.url + path)
  await page.getByRole('log').waitFor()
  return page
}

/** What has the focus, as a listener would hear of it: its role or tag, its name, and where it is. */
const focus = (page) => page.evaluate(() => {
  const e = document.activeElement
  const labels = e.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent)
  const name = e.getAttribute('aria-label') ?? labels?.join(' ') ?? e.textContent
  const within = ['nav', 'main', 'aside', '[role=log]', 'dialog', 'form', '.kw-bar'].filter((s) => e.closest(s))
  return { tag: e.tagName.toLowerCase(), name: name.trim().slice(0, 60), key: e.dataset.key, within, visible: e.matches(':focus-visible') }
})

const focused = (locator) => until(() => locator.evaluate((e) => e === document.activeElement), 'the focus')

/** Every Tab stop from the top of the page until the browser begins again. */
async function stops(page) {
  await page.evaluate(() => {
    document.activeElement?.blur()
    getSelection()?.removeAllRanges()
    const top = document.createElement('span')
    top.tabIndex = -1
    document.body.prepend(top)
    top.focus()
    top.remove()
  })
  const all = []
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab')
    const now = await focus(page)
    if (now.tag === 'body' || (all.length > 0 && JSON.stringify(now) === JSON.stringify(all[0]))) return all
    all.push(now)
  }
  return all
}

const place = (all, what, name) => {
  const i = all.findIndex(what)
  assert.ok(i >= 0, `no Tab stop for ${name} in ${JSON.stringify(all.map((s) => `${s.tag} ${s.name}`))}`)
  return i
}

function inOrder(all, wanted) {
  const places = wanted.map(([name, what]) => [name, place(all, what, name)])
  const sorted = [...places].sort((a, b) => a[1] - b[1])
  assert.deepEqual(places, sorted, 'the order of Tab stops')
}

const inLog = (s) => s.within.includes('[role=log]')

test('A-6, A-3, A-7: Tab on the staff page: skip link, list as one stop, header, log as one stop, text, send', async () => {
  const page = await at(doctor, `/patients/${patient.id}`)
  await focused(box(page))
  const all = await stops(page)
  inOrder(all, [
    ['skip link', (s) => s.name === en('common.skip_to_content')],
    ['settings', (s) => s.name === en('staff.settings')],
    ['the list', (s) => s.tag === 'a' && s.within.includes('nav') && s.name.includes(patient.name)],
    ['the log', inLog],
    ['text', (s) => s.tag === 'textarea'],
    ['send', (s) => s.name === en('chat.send')],
  ])
  assert.equal(all[0].name, en('common.skip_to_content'))
  assert.equal(all.filter(inLog).length, 1, 'the log is one stop')
  assert.equal(all.filter((s) => s.tag === 'a' && s.within.includes('nav') && /\bbed\b/.test(s.name)).length, 1, 'the list is one stop')
  assert.ok(all.every((s) => s.visible), 'A-9: each is seen to have the focus')
  await page.context().close()
})

test('A-6: the skip link leads to the main part', async () => {
  for (const width of [1280, 360]) {
    const page = await device(browser, { width })
    await doctor.enter(page.context())
    await page.goto(hospital.url)
    await page.getByRole('list', { name: en('staff.patients') }).getByRole('link').first().waitFor()
    await page.getByRole('link', { name: en('common.skip_to_content') }).focus()
    await page.keyboard.press('Enter')
    await focused(page.getByRole('main'))
    assert.equal(new URL(page.url()).hash, '')
    await page.context().close()
  }
})

test('A-3: arrows, Home and End go through the messages, Enter goes into one, Esc comes back', async () => {
  const page = await at(doctor, `/patients/${patient.id}`)
  const messages = page.getByRole('log').locator('li[data-key]')
  await focused(box(page))
  await messages.last().focus()
  await page.keyboard.press('ArrowUp')
  await focused(messages.nth(-2))
  await page.keyboard.press('Home')
  await focused(messages.first())
  await page.keyboard.press('ArrowDown')
  await focused(messages.nth(1))
  await page.keyboard.press('End')
  await focused(messages.last())
  await page.keyboard.press('Enter')
  await focused(messages.last().getByRole('button', { name: en('chat.actions') }))
  await page.keyboard.press('Escape')
  await focused(messages.last())
  await page.keyboard.press('Tab')
  await focused(box(page))
  await page.keyboard.press('Shift+Tab')
  await focused(messages.last())
  await page.context().close()
})

test('A-8: the menu of a message opens, moves, closes and gives the focus back', async () => {
  const page = await at(doctor, `/patients/${patient.id}`)
  const last = page.getByRole('log').locator('li[data-key]').last()
  await last.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  const entries = page.getByRole('menuitem')
  await focused(entries.first())
  await page.keyboard.press('ArrowDown')
  await focused(entries.nth(1))
  await page.keyboard.press('End')
  await focused(entries.last())
  await page.keyboard.press('Escape')
  await until(async () => await entries.count() === 0, 'the menu to close')
  await until(() => last.evaluate((e) => e.contains(document.activeElement)), 'the focus to be at the message')
  await page.context().close()
})

test('A-8: a dialog keeps the focus, closes by Esc and gives it back', async () => {
  const page = await at(doctor, `/patients/${patient.id}`)
  for (const key of ['staff.settings', 'staff.invite']) {
    const opener = page.getByRole('button', { name: en(key), exact: true }).first()
    await opener.focus()
    await page.keyboard.press('Enter')
    const dialog = page.locator('dialog')
    await dialog.waitFor()
    await until(() => dialog.evaluate((e) => e.contains(document.activeElement)), 'the focus inside')
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab')
      const inside = await dialog.evaluate((e) => e.contains(document.activeElement) || document.activeElement === document.body)
      assert.ok(inside, 'Tab stays inside')
    }
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await focused(opener)
  }
  await page.context().close()
})

test('A-8, B-30: the switcher is a combobox, and Esc leads back to what one was writing', async () => {
  const page = await at(doctor, `/patients/${patient.id}`)
  await box(page).fill('half')
  await page.keyboard.press('Control+k')
  const find = page.locator('dialog').getByRole('combobox')
  await focused(find)
  await page.keyboard.type('a')
  await page.locator('dialog').getByRole('option').nth(1).waitFor()
  const active = () => find.evaluate((e) => document.getElementById(e.getAttribute('aria-activedescendant'))?.textContent)
  const first = await active()
  await page.keyboard.press('ArrowDown')
  await until(async () => await active() !== first, 'the next option')
  await page.keyboard.press('Escape')
  await focused(box(page))
  assert.equal(await box(page).inputValue(), 'half')
  await page.context().close()
})

test('B-32: Ctrl+F6 goes round list, conversation and details; Ctrl+/ lists the keys', async () => {
  const page = await at(doctor, `/patients/${patient.id}`)
  await focused(box(page))
  const region = () => page.evaluate(() => document.activeElement.closest('[data-region]')?.tagName.toLowerCase())
  const round = []
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press('Control+F6')
    round.push(await region())
  }
  assert.deepEqual(round, ['aside', 'nav', 'main'])
  await focused(box(page))
  await page.keyboard.press('Control+Shift+F6')
  assert.equal(await region(), 'nav')
  await page.keyboard.press('Control+/')
  await page.locator('dialog').getByText('Ctrl+F6').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
  assert.equal(await region(), 'nav')
  await page.context().close()
})

test('A-7, B-32: arrows go through the list, Enter opens, Alt+Shift+↓ goes to one who waits', async () => {
  const page = await device(browser)
  await doctor.enter(page.context())
  await page.goto(hospital.url)
  const links = page.getByRole('list', { name: en('staff.patients') }).getByRole('link')
  await links.first().focus()
  await page.keyboard.press('End')
  await focused(links.last())
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await focused(links.nth(1))
  assert.match(await links.first().evaluate((e) => e.innerText + e.textContent), /bed 8-C/)
  await page.keyboard.press('Enter')
  await page.getByRole('log').waitFor()
  await focused(box(page))
  const waiting = (await doctor.patients()).filter((p) => p.waiting_since).map((p) => p.id)
  await page.keyboard.press('Alt+Shift+ArrowUp')
  await until(() => waiting.includes(new URL(page.url()).pathname.split('/').at(-1)), 'one who waits')
  await page.context().close()
})

test('A-6, A-3: Tab on a relative’s page: skip link, help, text size, log as one stop, text, send, whom to call', async () => {
  const page = await at(ana, '/')
  await page.getByRole('log').locator('li[data-key]').first().waitFor()
  await focused(box(page))
  const all = await stops(page)
  inOrder(all, [
    ['skip link', (s) => s.name === en('common.skip_to_content')],
    ['help', (s) => s.name === en('family.help')],
    ['larger text', (s) => s.name === en('family.larger')],
    ['the log', inLog],
    ['text', (s) => s.tag === 'textarea'],
    ['send', (s) => s.name === en('chat.send')],
    ['whom to call', (s) => s.name.startsWith('Urgent')],
  ])
  assert.equal(all.filter(inLog).length, 1)
  await box(page).focus()
  await page.keyboard.type('By keys alone')
  await page.keyboard.press('Tab')
  await focused(send(page))
  await page.keyboard.press('Enter')
  await until(async () => (await ana.transcript(patient.conversation)).some((m) => m.text === 'By keys alone'), 'the message')
  await page.context().close()
})

test('A-5: the address of the only conversation is put in its place without moving the focus', async () => {
  const page = await device(browser)
  await ana.enter(page.context())
  await page.clock.install()
  // Whoever leaves the box at once, as by a tap beside it, is left alone from then on.
  await page.addInitScript(() => addEventListener('focusin', (e) => e.target.matches('textarea') && e.target.blur()))
  await page.goto(hospital.url)
  await page.waitForURL(`${hospital.url}/c/*`)
  await page.getByRole('log').locator('li[data-key]').first().waitFor()
  await page.clock.runFor(1000)
  assert.equal((await focus(page)).tag, 'body')
  await page.context().close()
})

/** Writes down everything that a live region of the page says from now on. */
async function listen(page) {
  await page.locator('[data-announcer=polite]').waitFor({ state: 'attached' })
  await page.evaluate(() => {
    globalThis.said = []
    for (const region of document.querySelectorAll('[data-announcer]')) {
      new MutationObserver((all) => {
        for (const { addedNodes } of all) for (const n of addedNodes) globalThis.said.push(`${region.dataset.announcer}: ${n.textContent}`)
      }).observe(region, { childList: true })
    }
  })
  return () => page.evaluate(() => globalThis.said)
}

test('A-1: one message is read out with its author, three one by one, ten as a number; history and ticks are not', async () => {
  const { ana: reader, bruno, conversation } = await two(open)
  for (let i = 1; i <= 60; i++) await bruno.say(conversation, `old ${i}`)
  await reader.call('PUT', `/conversations/${conversation}/marks`, { read: 60 })
  const page = await opened(browser, reader, conversation)
  const log = page.getByRole('log')
  assert.equal(await log.getAttribute('aria-live'), 'off')
  const said = await listen(page)
  await log.getByText('old 60', { exact: true }).waitFor()
  await log.locator('li[data-key]').first().focus()
  await page.keyboard.press('Home')
  await log.getByText('old 1', { exact: true }).waitFor({ state: 'attached' })
  await page.keyboard.press('End')
  assert.deepEqual(await said(), [])

  await bruno.say(conversation, 'Did she eat today?')
  await until(async () => (await said()).length === 1, 'one sentence')
  assert.deepEqual(await said(), ['polite: Bruno Costa: Did she eat today?'])

  await Promise.all(['one', 'two', 'three'].map((text) => bruno.say(conversation, text)))
  await until(async () => (await said()).length === 4, 'three sentences')
  assert.deepEqual((await said()).slice(1).sort(), ['polite: Bruno Costa: one', 'polite: Bruno Costa: three', 'polite: Bruno Costa: two'])

  await Promise.all(Array.from({ length: 10 }, (_, i) => bruno.say(conversation, `burst ${i}`)))
  // A slow machine may hear of them in two bursts: each message counts once, whatever they are told in.
  const count = (sentence) => Number(/(\d+) new messages? from Bruno Costa/.exec(sentence)?.[1] ?? 1)
  const told = async () => (await said()).slice(4).reduce((sum, s) => sum + count(s), 0)
  await until(async () => await told() === 10, 'ten messages to be told')
  const burst = (await said()).slice(4)
  assert.ok(burst.some((s) => /new messages from Bruno Costa/.test(s)) && burst.length <= 4, JSON.stringify(burst))

  const before = (await said()).length
  await say(page, 'Thank you')
  await until(async () => (await said()).length > before, 'the sending to be told')
  await bruno.call('PUT', `/conversations/${conversation}/marks`, { read: 75 })
  await bruno.call('POST', `/conversations/${conversation}/typing`)
  await page.getByText('Bruno Costa is writing').waitFor()
  assert.deepEqual((await said()).slice(before), [`polite: ${en('chat.sent')}`])
  await page.context().close()
})

test('A-2: of another conversation only that there is something, and not for each message', async () => {
  const { ana: reader, conversation } = await two(open)
  const chen = await open.register('Chen Wei', `chen.${Math.random().toString(36).slice(2, 8)}`)
  const other = await chen.direct(reader)
  const page = await opened(browser, reader, conversation, { clock: true })
  const said = await listen(page)
  await stopTime(page)
  for (const text of ['secret one', 'secret two', 'secret three']) await chen.say(other, text)
  await until(async () => (await said()).length > 0, 'a sentence')
  await page.getByRole('link', { name: /3 unread/ }).waitFor()
  assert.equal((await said()).length, 1)
  assert.match((await said())[0], /^polite: New message, /)
  assert.doesNotMatch((await said()).join(), /secret/)
  await page.context().close()
})

test('A-1: what was not sent is said at once, and what to do', async () => {
  const { ana: reader, conversation } = await two(open)
  const page = await opened(browser, reader, conversation)
  const said = await listen(page)
  const refusal = { status: 422, contentType: 'application/problem+json', body: '{"status":422,"code":"invalid"}' }
  await page.route('**/messages', (r) => r.fulfill(refusal))
  await say(page, 'Refused')
  await until(async () => (await said()).includes(`assertive: ${en('chat.announce_failed')}`), 'the sentence')
  await page.context().close()
})
