// How a page that nobody looks at tells that there is something new.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { fetched, until } from '../lib/page.mjs'
import { opened, say, two } from '../lib/people.mjs'

let server, browser
before(async () => {
  server = await start({ flags: ['--registration', 'open'] })
  browser = await launch({ whole: true })
})
after(async () => {
  await browser?.close()
  await server?.close()
})

/** Opens the list of conversations, with the app badge, tones and notices where the test can see them. */
async function listening(person, conversation) {
  const page = await opened(browser, person, conversation)
  const context = page.context()
  await context.grantPermissions(['notifications'], { origin: server.url })
  await context.addInitScript(() => {
    globalThis.tones = 0
    const Node = globalThis.OscillatorNode
    globalThis.OscillatorNode = class extends Node {
      constructor(...a) {
        super(...a)
        globalThis.tones++
      }
    }
    globalThis.notified = [] // the tags of notices, in the order in which this tab has asked for them
    const show = ServiceWorkerRegistration.prototype.showNotification
    ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
      globalThis.notified.push(options.tag)
      return show.call(this, title, options)
    }
    navigator.setAppBadge = async (n) => { globalThis.badge = n }
    navigator.clearAppBadge = async () => { globalThis.badge = 0 }
    localStorage.setItem('kinward.note.notices', 'on')
    localStorage.setItem('kinward.setting.sound', 'true')
  })
  await page.goto(server.url)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.mouse.click(5, 5) // browsers allow sound after a touch only
  return page
}

const notices = (page) => page.evaluate(async () => {
  const all = await (await navigator.serviceWorker.getRegistration()).getNotifications()
  return all.map(({ title, body, data }) => ({ title, body, path: data.path }))
})

/**
 * Another conversation of somebody's. Once its message is told, all that came before has been told too, or never will be. That the
 * system shows this notice too is not waited for: in some runs Chromium did not, and why was not found.
 */
async function another(person) {
  const carol = await server.register('Carol Dias', `carol.${Math.random().toString(36).slice(2, 8)}`)
  const conversation = await person.direct(carol)
  const path = `/c/${conversation}`
  return {
    path,
    async told(page) {
      await carol.say(conversation, 'a later one')
      const asked = () => Promise.all(page.context().pages().map((tab) => tab.evaluate(() => globalThis.notified)))
      await until(async () => (await asked()).flat().includes(`kinward-${conversation}`), 'the later notice')
    },
    read: () => person.read(conversation, 1),
  }
}

const state = (page) => page.evaluate(() => ({
  count: Number(/^\((\d+)\) /.exec(document.title)?.[1] ?? 0),
  dot: document.querySelector('link[rel=icon]').href.startsWith('data:'),
  badge: globalThis.badge,
}))

test('B-39 to B-42: what is unseen shows in title, icon and badge, by one tone and one notice; then it goes', async () => {
  const { ana, bruno, conversation } = await two(server)
  const later = await another(ana)
  const page = await listening(ana, conversation)
  const second = await page.context().newPage()
  await second.goto(server.url)
  await page.bringToFront()
  const now = Date.now() // the 10 s after a tone last as long as the test
  for (const tab of [page, second]) await tab.evaluate((at) => { Date.now = () => at }, now)
  await bruno.say(conversation, 'a secret')
  await bruno.say(conversation, 'and another')
  await until(async () => (await notices(page)).length, 'the notice')
  for (const tab of [page, second]) {
    await until(async () => JSON.stringify(await state(tab)) === '{"count":2,"dot":true,"badge":2}', 'title, icon and badge')
  }
  await later.told(page)
  assert.deepEqual((await notices(page)).filter((n) => n.path !== later.path),
    [{ title: 'New message in Kinward', body: '', path: `/c/${conversation}` }])
  const notes = await Promise.all([page, second].map((tab) => tab.evaluate(() => globalThis.tones)))
  assert.equal(notes[0] + notes[1], 2, 'two notes are one tone')
  await later.read()
  await second.close()
  await page.goto(`${server.url}/c/${conversation}`)
  await until(async () => JSON.stringify(await state(page)) === '{"count":0,"dot":false,"badge":0}', 'all to be cleared')
  await until(async () => (await notices(page)).length === 0, 'the notice to go')
  await page.context().close()
})

test('B-40: a conversation that can be seen gives no notice; a click on one leads to it', async () => {
  const { ana, bruno, conversation } = await two(server)
  const later = await another(ana)
  const page = await listening(ana, conversation)
  await bruno.say(conversation, 'unseen')
  await until(async () => (await notices(page)).length, 'the notice')
  const [worker] = page.context().serviceWorkers()
  await worker.evaluate(async () => {
    const [notification] = await self.registration.getNotifications()
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification }))
  })
  await page.waitForURL(`${server.url}/c/${conversation}`)
  await page.getByRole('log').getByText('unseen').waitFor()
  await bruno.say(conversation, 'seen')
  await page.getByRole('log').getByText('seen', { exact: true }).waitFor()
  await later.told(page)
  assert.deepEqual((await notices(page)).filter((n) => n.path !== later.path), [])
  await page.context().close()
})

test('B-38: a family is asked only after a tap, after its first message; "Not now" holds for 7 days', async () => {
  const family = await relative()
  const { page } = family
  const offer = page.getByRole('button', { name: 'Tell me when there is a reply' })
  await page.getByRole('log').waitFor()
  await fetched(page, 'tell')
  assert.equal(await offer.count(), 0)
  await say(page, 'How is she?')
  await offer.waitFor()
  assert.equal(await page.evaluate(() => globalThis.asked), 0)
  await page.getByRole('button', { name: 'Not now' }).click()
  await page.reload()
  await page.getByRole('log').waitFor()
  await fetched(page, 'tell')
  assert.equal(await offer.count(), 0)
  await page.evaluate((ms) => {
    const at = Number(localStorage.getItem('kinward.note.tell_after'))
    localStorage.setItem('kinward.note.tell_after', String(at - ms))
  }, 7 * 24 * 3600_000)
  await page.reload()
  await offer.click()
  await page.getByText('as long as this page stays open').first().waitFor()
  assert.equal(await page.evaluate(() => globalThis.asked), 1)
  assert.equal(await offer.count(), 0)
  await page.context().close()
})

/** A relative of the demo hospital on a phone whose browser has not been asked yet. */
async function relative() {
  const hospital = await start({ demo: true })
  after(() => hospital.close())
  const ana = await hospital.signIn('ana.silva')
  const { conversations } = await ana.call('GET', '/conversations')
  await (await hospital.signIn('elena.fischer')).say(conversations[0].id, 'Good morning.') // nothing is unanswered
  const page = await opened(browser, ana, conversations[0].id, { phone: true })
  await page.context().addInitScript(() => {
    let allowed = 'default'
    globalThis.asked = 0
    Object.defineProperty(Notification, 'permission', { get: () => allowed })
    Notification.requestPermission = async () => {
      globalThis.asked++
      return allowed = 'granted'
    }
  })
  await page.reload()
  return { page }
}
