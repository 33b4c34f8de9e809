import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { device, until } from '../lib/page.mjs'
import { box, opened, rows, say, send, two } from '../lib/people.mjs'
import { fill, fromEnd, scroll } from './watch.mjs'

let server, browser
before(async () => {
  [server, browser] = await Promise.all([start({ flags: ['--registration', 'open'] }), launch()])
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const texts = async (person, conversation) => (await person.transcript(conversation)).map((m) => m.text)
const log = (page) => page.getByRole('log')
const problem = (status, code) => ({
  status, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'x', status, code }),
})

test('B-1, B-2: Enter sends where there is a mouse, Shift+Enter makes a line, and an input method keeps its Enter', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation)
  await until(() => box(page).evaluate((e) => e === document.activeElement), 'A-6: the first focus in the box')
  await page.keyboard.type('one')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('two')
  await page.keyboard.press('Enter')
  await until(async () => (await texts(ana, conversation)).join() === 'one\ntwo', 'the message')

  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 })
  await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Enter', code: 'Enter' })
  assert.equal(await box(page).inputValue(), 'に')
  await cdp.send('Input.insertText', { text: '日本' })
  assert.equal(await box(page).inputValue(), '日本')
  await page.keyboard.press('Enter')
  await until(async () => (await texts(ana, conversation)).at(-1) === '日本', 'the composed message')
  assert.equal((await texts(ana, conversation)).length, 2)
  await page.context().close()
})

test('B-1, A-6: on touch Enter makes a line, the button sends and the keyboard stays, or stays away', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, { phone: true })
  assert.ok(await page.evaluate(() => document.activeElement.tagName !== 'TEXTAREA'))
  await box(page).tap()
  await page.keyboard.type('one')
  await page.keyboard.press('Enter')
  await page.keyboard.type('two')
  await send(page).tap()
  await until(async () => (await texts(ana, conversation)).join() === 'one\ntwo', 'the message')
  assert.ok(await box(page).evaluate((e) => e === document.activeElement), 'the box has kept the focus')
  await page.context().close()
})

test('B-5, B-13: sending empties the box at once, keeps the focus, shows the end and says Sending, then Sent', async () => {
  const { ana, bruno, conversation } = await two(server)
  await fill(ana, bruno, conversation, 40)
  await ana.call('PUT', `/conversations/${conversation}/marks`, { read: 40 })
  const page = await opened(browser, ana, conversation)
  let go
  await page.route(`**/conversations/${conversation}/messages`, async (route) => {
    if (route.request().method() === 'POST') await new Promise((done) => { go = done })
    await route.continue()
  })
  await page.getByText('40 ').first().waitFor()
  await scroll(page, -600)
  await say(page, 'slow one')
  assert.equal(await box(page).inputValue(), '')
  assert.ok(await box(page).evaluate((e) => e === document.activeElement))
  await log(page).getByText('Sending').waitFor()
  await until(async () => await fromEnd(page) === 0, 'the end in view')
  const key = (await rows(page)).at(-1).key
  await until(() => go, 'the request')
  go()
  await log(page).locator(`li[data-key="${key}"][data-seq="41"]`).getByText('Sent').waitFor()
  await page.context().close()
})

test('B-4: drafts stay with their conversation, over a change and a reload; sending removes them', async () => {
  const { ana, bruno, conversation } = await two(server)
  const chen = await server.register('Chen Wei', `chen.${Math.random().toString(36).slice(2, 8)}`)
  const other = await ana.direct(chen)
  await bruno.say(conversation, 'hello')
  const page = await opened(browser, ana, conversation)
  await box(page).fill('for Bruno only')
  await page.getByRole('link', { name: /Chen Wei/ }).click()
  await page.getByRole('heading', { name: 'Chen Wei' }).waitFor()
  assert.equal(await box(page).inputValue(), '')
  await box(page).fill('for Chen only')
  await page.reload()
  await log(page).waitFor()
  assert.equal(await box(page).inputValue(), 'for Chen only')
  await page.getByRole('link', { name: /Bruno Costa/ }).click()
  await page.getByRole('heading', { name: 'Bruno Costa' }).waitFor()
  assert.equal(await box(page).inputValue(), 'for Bruno only')
  await page.keyboard.press('Enter')
  await until(async () => (await texts(ana, conversation)).at(-1) === 'for Bruno only', 'the message')
  await page.reload()
  await log(page).waitFor()
  assert.equal(await box(page).inputValue(), '')
  assert.deepEqual(await texts(ana, other), [])
  await page.context().close()
})

test('a message goes to the conversation in which Send was pressed, however fast another one is opened', async () => {
  const { ana, conversation } = await two(server)
  const chen = await server.register('Chen Wei', `chen.${Math.random().toString(36).slice(2, 8)}`)
  const other = await ana.direct(chen)
  await ana.say(conversation, 'start')
  await ana.say(other, 'start')
  const page = await opened(browser, ana, conversation)
  await page.getByRole('link', { name: /Chen Wei/ }).waitFor()
  // In one task: text, Send, the other conversation; then text and Send again, before anything could be stored or drawn.
  await page.evaluate(async () => {
    const tell = (text) => {
      const area = document.querySelector('textarea')
      area.value = text
      area.dispatchEvent(new InputEvent('input', { bubbles: true }))
      area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true, cancelable: true }))
    }
    const go = (name) => [...document.querySelectorAll('nav a')].find((a) => a.textContent.includes(name)).click()
    for (let i = 0; i < 20; i++) {
      tell(`bruno ${i}`)
      go('Chen Wei')
      await Promise.resolve()
      await new Promise(requestAnimationFrame)
      const inChen = document.querySelector('h1').textContent.includes('Chen')
      tell(inChen ? `chen ${i}` : `bruno again ${i}`)
      go('Bruno Costa')
      while (!document.querySelector('h1').textContent.includes('Bruno')) await new Promise(requestAnimationFrame)
    }
  })
  await until(async () => (await texts(ana, conversation)).length + (await texts(ana, other)).length === 42, 'all messages')
  for (const [who, list] of [['bruno', await texts(ana, conversation)], ['chen', await texts(ana, other)]]) {
    assert.deepEqual(list.slice(1).filter((t) => !t.startsWith(who)), [])
  }
  assert.equal(await box(page).inputValue(), '')
  await page.context().close()
})

test('B-9: too long a text is counted and refused, never cut; white space alone is not sent', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation)
  await box(page).fill(' \n\t\u00a0')
  await page.keyboard.press('Enter')
  await box(page).fill('é'.repeat(15_900))
  await page.getByText('100 characters left').waitFor()
  await box(page).fill('👩'.repeat(16_001))
  await page.getByText(/1 character too many/).waitFor()
  await page.keyboard.press('Enter')
  assert.equal((await box(page).inputValue()).length, 32_002)
  await box(page).fill('👩'.repeat(16_000))
  await page.keyboard.press('Enter')
  await until(async () => (await texts(ana, conversation)).length === 1, 'the message')
  assert.deepEqual(await texts(ana, conversation), ['👩'.repeat(16_000)])
  await page.context().close()
})

test('B-10: Arrow-Up corrects the own last message, Esc leaves it, a failure keeps the text', async () => {
  const { ana, bruno, conversation } = await two(server)
  await ana.say(conversation, 'first')
  await bruno.say(conversation, 'between')
  const page = await opened(browser, ana, conversation)
  await log(page).getByText('between').waitFor()
  const holds = (text) => until(async () => await box(page).inputValue() === text, `"${text}" in the box`)
  await box(page).press('ArrowUp')
  await holds('first')
  await page.keyboard.press('Escape')
  await holds('')
  await box(page).press('ArrowUp')
  await page.getByText('You are correcting your message').waitFor()
  await holds('first')
  await box(page).fill('second thoughts')
  await page.route('**/messages/1', (route) => route.fulfill(problem(500, 'internal')))
  await page.keyboard.press('Enter')
  await page.getByText('The change was not saved').waitFor()
  assert.equal(await box(page).inputValue(), 'second thoughts')
  await page.unroute('**/messages/1')
  await page.getByRole('button', { name: 'Save change' }).click()
  await log(page).getByText('edited').waitFor()
  await log(page).getByText('second thoughts').waitFor()
  await holds('')
  await page.context().close()
})

test('B-14: a refused message stays with its reason, Retry and Delete; a lost answer doubles nothing', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation)
  const post = `**/conversations/${conversation}/messages`
  const refuse = (status, code) => page.route(post, (route) => (route.request().method() === 'POST'
    ? route.fulfill(problem(status, code))
    : route.continue()))
  for (const [status, code, reason] of [[403, 'forbidden', /read here, but not write/], [404, 'not_found', /no longer in this/],
    [409, 'conflict', /in its place/], [413, 'too_large', /too long/], [422, 'invalid', /did not accept/]]) {
    await refuse(status, code)
    await say(page, `refused by ${status}`)
    await log(page).getByText('Not sent', { exact: true }).waitFor()
    await log(page).getByText(reason).waitFor()
    await page.locator('[data-announcer=assertive]').getByText('Not sent. Retry available').first().waitFor({ state: 'attached' })
    await page.unroute(post)
    if (status === 409) {
      await log(page).getByRole('button', { name: 'Delete' }).click()
      await log(page).getByText('refused by 409').waitFor({ state: 'detached' })
    } else {
      await log(page).getByRole('button', { name: 'Retry' }).click()
      await until(async () => (await texts(ana, conversation)).includes(`refused by ${status}`), 'the retried message')
      await log(page).getByText('Not sent', { exact: true }).waitFor({ state: 'detached' })
    }
  }
  // The first answer is lost on its way back.
  let lost = false
  await page.route(post, async (route) => {
    if (route.request().method() !== 'POST' || lost) return route.continue()
    lost = true
    await route.fetch()
    await route.abort()
  })
  await say(page, 'only once')
  await until(async () => (await rows(page)).some((r) => r.text.includes('only once') && r.seq), 'it to be confirmed')
  assert.equal((await texts(ana, conversation)).filter((t) => t === 'only once').length, 1)
  assert.equal((await rows(page)).filter((r) => r.text.includes('only once')).length, 1)
  await page.context().close()
})

test('W14: the first message to a family asks whether they are the right ones; Enter again sends', async () => {
  const hospital = await start({ demo: true })
  try {
    const doctor = await hospital.signIn('elena.fischer')
    const patient = (await doctor.patients()).find((p) => p.conversation && p.family.some((f) => f.state === 'active'))
    const page = await device(browser)
    await doctor.enter(page.context())
    await page.goto(`${hospital.url}/patients/${patient.id}`)
    await box(page).waitFor()
    const to = await box(page).evaluate((e) => document.getElementById(e.getAttribute('aria-labelledby')).textContent)
    for (const part of [patient.name, patient.bed, patient.family[0].name]) assert.ok(to.includes(part), `${to} names ${part}`)
    const before = (await texts(doctor, patient.conversation)).length
    await box(page).fill('The night was calm.')
    await page.keyboard.press('Enter')
    const question = page.getByRole('group', { name: new RegExp(patient.family[0].name) })
    await question.waitFor()
    assert.equal((await texts(doctor, patient.conversation)).length, before)
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    assert.equal(await box(page).inputValue(), 'The night was calm.')
    await page.keyboard.press('Enter')
    await question.waitFor()
    await page.getByRole('checkbox', { name: /Don.t ask again/ }).check()
    await box(page).focus()
    await page.keyboard.press('Enter')
    await until(async () => (await texts(doctor, patient.conversation)).length === before + 1, 'the message')
    await box(page).fill('Breakfast came.')
    await page.keyboard.press('Enter')
    await until(async () => (await texts(doctor, patient.conversation)).length === before + 2, 'no second question')
    // The page anew: only what was asked for today is remembered.
    await page.reload()
    await box(page).fill('And lunch.')
    await page.keyboard.press('Enter')
    await until(async () => (await texts(doctor, patient.conversation)).length === before + 3, 'no question that day')
    await page.context().close()
  } finally {
    await hospital.close()
  }
})
