// What people are told about the connection while it is away, and once it is back.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { axe, until } from '../lib/page.mjs'
import { choose, opened, rows, say, two } from '../lib/people.mjs'

let server, browser
before(async () => {
  server = await start({ flags: ['--registration', 'open'] })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const phone = { phone: true }

// What is seen, without what is said to screen readers.
const bar = (page) => page.locator('.kw-banner')

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
  const said = await heard(page)
  const context = page.context()
  await context.setOffline(true)
  await page.waitForTimeout(1500)
  await context.setOffline(false)
  await page.waitForTimeout(3000)
  assert.deepEqual(await said(), [])
  await context.setOffline(true)
  await page.getByText('Offline: messages are kept and sent later.').waitFor()
  await say(page, 'one')
  await say(page, 'two')
  await page.getByText('2 messages are waiting to be sent.').waitFor()
  await axe(page)
  await context.setOffline(false)
  const back = bar(page).getByText('Back online. 2 messages sent.')
  await back.waitFor()
  await back.waitFor({ state: 'detached' })
  assert.deepEqual(await said(), ['Connection lost. Messages are kept and sent later.', 'Back online. 2 messages sent.'])
  assert.equal((await rows(page)).length, 2)
  await context.close()
})

test('B-33, B-35: the countdown runs unannounced, and Try now ends it', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, phone)
  const said = await heard(page)
  await server.stop('SIGKILL')
  const countdown = page.getByText(/Reconnecting in \d+ sec/)
  await countdown.waitFor()
  const first = await countdown.innerText()
  await until(async () => await countdown.innerText({ timeout: 1000 }).catch(() => first) !== first, 'the countdown to move')
  await page.waitForTimeout(4000) // the pauses grow, so that the next try would be some seconds away
  await server.boot()
  await page.getByRole('button', { name: 'Try now' }).click()
  await bar(page).getByText('Back online.').waitFor()
  await until(async () => (await said()).length === 2, 'the announcement')
  assert.deepEqual(await said(), ['Connection lost. Messages are kept and sent later.', 'Back online.'])
  const focused = await page.evaluate(() => document.activeElement?.tagName)
  assert.equal(focused, 'H1', 'the button has gone, the focus has a place')
  await page.context().close()
})

test('B-36: a chosen method that does not get through is named, not left, and Automatic is offered', async () => {
  const { ana, bruno, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, { method: 'websocket' })
  await page.routeWebSocket(/feed\/socket/, (socket) => socket.close())
  await page.reload()
  await page.getByText('You chose WebSocket; it is not getting through.').waitFor()
  await page.waitForTimeout(5000)
  assert.equal(await page.evaluate(() => localStorage.getItem('kinward.setting.choice')), '"websocket"')
  await page.getByRole('button', { name: 'Use automatic' }).click()
  await page.getByRole('button', { name: 'Connection: Live · Server-sent events' }).waitFor()
  await bruno.say(conversation, 'through at last')
  await page.getByRole('log').getByText('through at last').waitFor()
  await page.context().close()
})

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
