// The service worker: installing, what it keeps, and changing over to a newer build.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, launchKept } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { until } from '../lib/page.mjs'
import { box, opened, two } from '../lib/people.mjs'

let server, browser
before(async () => {
  server = await start({ flags: ['--registration', 'open'] })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const controlled = (page) => page.waitForFunction(() => navigator.serviceWorker.controller)
const kept = (page) => page.evaluate(async () => {
  const all = {}
  for (const name of await caches.keys()) all[name] = (await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname)
  return all
})

test('P-2: the page can be installed', async () => {
  const { ana, conversation } = await two(server)
  const profile = await mkdtemp(join(tmpdir(), 'kinward-profile-'))
  const context = await launchKept(profile)
  try {
    await ana.enter(context)
    const page = await context.newPage()
    await page.goto(`${server.url}/c/${conversation}`)
    await controlled(page)
    const tools = await context.newCDPSession(page)
    assert.deepEqual((await tools.send('Page.getInstallabilityErrors')).installabilityErrors, [])
    assert.deepEqual((await tools.send('Page.getAppManifest')).errors, [])
  } finally {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
})

test('P-4: the whole build is kept with the page and the language in use, and nothing of the API', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, { language: 'pt-PT' })
  await controlled(page)
  const [files] = Object.values(await kept(page))
  assert.ok(files.includes('/') && files.some((f) => /picker/.test(f)), files.join(' '))
  assert.deepEqual(files.filter((f) => /^\/assets\/(en|es|zh|ar|de|pt)-/.test(f)).map((f) => f.slice(8, 10)), ['pt'])
  assert.ok(files.every((f) => f === '/' || f.startsWith('/assets/')), files.join(' '))
  await page.context().close()
})

test('P-5: a newer build waits, is offered in each tab, and is applied by itself only where nothing is begun', async (t) => {
  const { ana, conversation } = await two(server)
  const front = await proxy()
  t.after(() => front.close()) // else a failure would never end
  const context = await browser.newContext()
  await Object.assign(Object.create(ana), { url: front.url }).enter(context)
  const tab = async () => {
    const page = await context.newPage()
    page.loads = 0
    page.on('load', () => page.loads++)
    await page.goto(`${front.url}/c/${conversation}`)
    await page.getByRole('log').waitFor()
    await controlled(page)
    return page
  }
  const one = await tab()
  const two_ = await tab()
  await box(two_).fill('half a sentence')
  front.newBuild()
  await one.evaluate(async () => { await (await navigator.serviceWorker.getRegistration()).update() })
  const offer = (page) => page.getByText('A new version is ready.')
  await offer(one).waitFor()
  await offer(two_).waitFor()
  assert.deepEqual([one.loads, two_.loads], [1, 1])
  await two_.evaluate(() => { // what the worker that waits is told, it is told within the event
    globalThis.told = []
    const { postMessage } = ServiceWorker.prototype
    ServiceWorker.prototype.postMessage = function (message) {
      globalThis.told.push(message)
      postMessage.call(this, message)
    }
  })
  await hide(two_)
  assert.deepEqual(await two_.evaluate(() => globalThis.told), [], 'a text is begun')
  await one.getByRole('button', { name: 'Update' }).click()
  await until(() => one.loads === 2, 'the page to load anew')
  await offer(one).waitFor({ state: 'detached' })
  assert.equal(two_.loads, 1, 'the other tab keeps its page')
  await box(two_).fill('')
  await hide(two_)
  await until(() => two_.loads === 2, 'the unseen page to load anew')
  await context.close()
})

// Runs in the page: as if another window covered it.
function hide(page) {
  return page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
}

/** Stands before the server; from newBuild on, its service worker is another one. */
async function proxy() {
  let mark = ''
  const front = createServer((asked, answer) => {
    const headers = { ...asked.headers, 'accept-encoding': 'identity' }
    const onward = request(`${server.url}${asked.url}`, { method: asked.method, headers }, (got) => {
      const worker = asked.url === '/sw.js'
      const headers = { ...got.headers }
      if (worker) for (const name of ['content-length', 'etag']) delete headers[name]
      answer.writeHead(got.statusCode, headers)
      got.pipe(answer, { end: !worker })
      if (worker) got.on('end', () => answer.end(mark))
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  })
  await new Promise((done) => front.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${front.address().port}`,
    newBuild: () => { mark = '\n// newer' },
    close: () => front.closeAllConnections(front.close()),
  }
}
