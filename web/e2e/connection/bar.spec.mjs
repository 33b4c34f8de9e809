// What people are told about the connection while it is away, and once it is back.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { axe, fetched, passing, stopTime, until } from '../lib/page.mjs'
import { choose, methodNames, methods, opened, rows, say, two } from '../lib/people.mjs'

let server, browser
before(async () => {
  server = await start({ flags: ['--registration', 'open'] })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const phone = { phone: true, clock: true }

// What is seen, without what is said to screen readers.
const bar = (page) => page.locator('.kw-banner')

// The badge: on a phone it is in the list, which is not seen beside a conversation.
const live = (page) => page.locator('.kw-line-badge.is-live').first()

/** Collects what screen readers are told. */
async function heard(page) {
  await page.evaluate(() => {
    globalThis.heard = []
    const listen = new MutationObserver((all) => {
      for (const m of all) m.addedNodes.forEach((n) => globalThis.heard.push(n.textContent))
    })
    for (const region of document.querySelectorAll('[data-announcer]')) listen.observe(region, { childList: true })
  })
  return () => page.evaluate(() => globalThis.heard.filter((t) => t !== 'Sent'))
}

test('B-33, B-34: a blip shows nothing; trouble is told after 3 s with what waits, and its end with what was sent', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, phone)
  await live(page).waitFor({ state: 'attached' })
  const said = await heard(page)
  const context = page.context()
  await stopTime(page)
  await context.setOffline(true)
  await live(page).waitFor({ state: 'detached' })
  await page.clock.runFor(2500)
  await context.setOffline(false)
  await passing(page, () => live(page).count(), 'the connection', 1)
  await page.clock.runFor(6000)
  assert.deepEqual(await said(), [])
  assert.equal(await bar(page).count(), 0)
  await context.setOffline(true)
  await live(page).waitFor({ state: 'detached' })
  await page.clock.runFor(3500)
  await page.getByText('Offline: messages are kept and sent later.').waitFor()
  await say(page, 'one')
  await say(page, 'two')
  await page.getByText('2 messages are waiting to be sent.').waitFor()
  await context.setOffline(false)
  await passing(page, async () => (await rows(page)).every((r) => r.seq), 'both to be sent', 5)
  const back = bar(page).getByText('Back online. 2 messages sent.')
  await passing(page, () => back.count(), 'the good news')
  await page.clock.runFor(1000)
  assert.equal(await back.count(), 1, 'there is time to read it')
  await page.clock.runFor(9000)
  await back.waitFor({ state: 'detached' })
  assert.deepEqual(await said(), ['Connection lost. Messages are kept and sent later.', 'Back online. 2 messages sent.'])
  assert.equal((await rows(page)).length, 2)
  await context.close()
})

test('B-33, B-35: the countdown runs unannounced, and Try now ends it', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, phone)
  await live(page).waitFor({ state: 'attached' })
  await fetched(page, 'bar')
  const said = await heard(page)
  await stopTime(page)
  await server.stop('SIGKILL')
  // The pauses grow: sooner or later there is one of some seconds.
  const seconds = async () => Number(/Reconnecting in (\d+) sec/.exec(await page.locator('body').innerText())?.[1] ?? 0)
  const first = await passing(page, async () => await seconds() >= 3 && seconds(), 'a countdown', 500)
  await passing(page, async () => await seconds() === first - 1, 'the countdown to move', 100)
  await server.boot()
  await page.getByRole('button', { name: 'Try now' }).click()
  await passing(page, () => bar(page).getByText('Back online.').count(), 'the good news', 1)
  await passing(page, async () => (await said()).length === 2, 'the announcement')
  assert.deepEqual(await said(), ['Connection lost. Messages are kept and sent later.', 'Back online.'])
  const focused = await page.evaluate(() => document.activeElement?.tagName)
  assert.equal(focused, 'H1', 'the button has gone, the focus has a place')
  await page.clock.resume()
  await axe(page)
  await page.context().close()
})

/** Lets one method fail from now on. */
async function block(page, method) {
  if (method === 'websocket') return page.routeWebSocket(/feed\/socket/, (socket) => socket.close())
  await page.route(method === 'sse' ? '**/api/v1/feed/events*' : '**/api/v1/feed?*', (route) => route.abort())
}

for (const method of methods) {
  test(`B-36: a chosen method that does not get through is named, not left, and Automatic is offered: ${method}`, async () => {
    const { ana, bruno, conversation } = await two(server)
    const page = await opened(browser, ana, conversation, { method, clock: true })
    await block(page, method)
    await page.reload()
    await page.getByRole('log').waitFor()
    await stopTime(page)
    const told = page.getByText(`You chose ${methodNames[method]}; it is not getting through.`)
    await passing(page, () => told.count(), 'the sentence', 500)
    for (let s = 0; s < 30; s++) await page.clock.runFor(1000)
    await passing(page, () => told.count(), 'the sentence still', 500)
    assert.equal(await page.evaluate(() => localStorage.getItem('kinward.setting.choice')), JSON.stringify(method))
    await page.getByRole('button', { name: 'Use automatic' }).click()
    await page.clock.resume()
    const other = method === 'websocket' ? 'Server-sent events' : 'WebSocket'
    await page.getByRole('button', { name: `Connection: Live · ${other}` }).waitFor()
    await bruno.say(conversation, 'through at last')
    await page.getByRole('log').getByText('through at last').waitFor()
    await page.context().close()
  })
}

test('P-8: what can not be kept, or waits for more than a day, is said', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, phone)
  const context = page.context()
  await page.route(/\/messages$/, (r) => r.request().method() === 'POST' ? r.abort() : r.continue())
  await say(page, 'of yesterday')
  await page.getByText('Waiting to be sent').waitFor()
  await page.evaluate(older)
  await page.reload()
  await page.getByText('1 message has been waiting for more than a day.', { exact: false }).waitFor()
  await context.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { get() { throw new Error('refused') } }))
  await page.reload()
  await say(page, 'here only')
  await page.getByText('Messages can’t be kept on this device.', { exact: false }).waitFor()
  await context.close()
})

// Runs in the page: makes everything in the outbox 25 hours old.
function older() {
  return new Promise((done, fail) => {
    const opening = indexedDB.open('kinward')
    opening.onsuccess = () => {
      const work = opening.result.transaction('outbox', 'readwrite')
      const store = work.objectStore('outbox')
      const age = 25 * 3600_000
      store.getAll().onsuccess = (e) => {
        for (const k of e.target.result) store.put({ ...k, created: k.created - age, since: k.since - age })
      }
      work.oncomplete = () => done(opening.result.close())
      work.onerror = fail
    }
  })
}

test('B-33: the badge of staff names method and state in words', async () => {
  const { ana, conversation } = await two(server)
  for (const [method, name] of [['poll', 'Polling'], ['long-poll', 'Long polling']]) {
    const page = await opened(browser, ana, conversation, { method })
    await page.getByRole('button', { name: `Connection: Live · ${name}` }).waitFor()
    await choose(page, 'automatic')
    await page.reload()
    await page.getByRole('button', { name: 'Connection: Live · WebSocket' }).waitFor()
    await page.context().close()
  }
})
