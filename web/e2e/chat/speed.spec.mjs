import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { until } from '../lib/page.mjs'
import { box, opened, two } from '../lib/people.mjs'
import { fill, mounted, quiet, scroll } from './watch.mjs'

// What the main thread may be busy with one key, or one message, in layouts of the whole log (250 messages) by the same machine
// at the same time: a machine that is slow, or busy, is so with both. Milliseconds are only told.
const mostLayouts = { key: 4, message: 10 }
const pauseMs = 40 // between keys, as somebody types who is quick

let server, browser, page, ana, bruno, conversation
before(async () => {
  [server, browser] = await Promise.all([start({ flags: ['--registration', 'open'] }), launch()])
  ;({ ana, bruno, conversation } = await two(server))
  await fill(ana, bruno, conversation, 320)
  await bruno.say(conversation, 'all that Ana wrote is read') // or her last words would be, with the first message that comes in
  await ana.read(conversation, 321)
  page = await opened(browser, ana, conversation)
  await quiet(page)
  while ((await mounted(page)).count < 250) {
    await scroll(page, -1e5)
    await quiet(page)
  }
})
after(async () => {
  await browser?.close()
  await server?.close()
})

/** Thread time in ms that the page's main thread spends while `work` runs. */
async function busy(work) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const spent = async () => (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value * 1000
  const from = await spent()
  await work()
  const to = await spent()
  await cdp.detach()
  return to - from
}

/** Thread time in ms of one layout of the whole log. */
async function layout() {
  const count = 20
  const all = await busy(() => page.evaluate((times) => {
    const log = document.querySelector('[role=log]')
    for (let i = 0; i < times; i++) {
      log.style.paddingInline = `${i % 2 + 1}px`
      log.getBoundingClientRect()
    }
    log.style.paddingInline = ''
  }, count))
  return all / count
}

// Runs in the page: resolves when a message is mounted.
function arrival(seq) {
  return new Promise((done) => {
    const look = () => {
      if (!document.querySelector(`[role=log] li[data-seq="${seq}"]`)) return
      rows.disconnect()
      done()
    }
    const rows = new MutationObserver(look)
    rows.observe(document.querySelector('[role=log] ol'), { childList: true })
    look()
  })
}

function type(count) {
  return page.keyboard.type('the night was calm '.repeat(2).slice(0, count), { delay: pauseMs })
}

test('a key with 250 messages mounted: main thread at 1x, key to paint at 6x', async (t) => {
  assert.equal((await mounted(page)).count, 250)
  await box(page).focus()
  await type(5)
  const one = await layout()
  const each = await busy(() => type(30)) / 30
  t.diagnostic(`${each.toFixed(1)} ms of main thread per key, ${one.toFixed(1)} per layout of the log`)
  assert.ok(each <= mostLayouts.key * one, `${each} ms, while a layout takes ${one} ms`)

  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  await page.evaluate(() => {
    globalThis.painted = []
    document.querySelector('textarea').addEventListener('keydown', (e) => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port2.onmessage = () => globalThis.painted.push(performance.now() - e.timeStamp)
      port1.postMessage(0)
    }), true)
  })
  await type(30)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await cdp.detach()
  const times = (await page.evaluate(() => globalThis.painted)).sort((a, b) => a - b)
  t.diagnostic(`key to paint at 6x: p50 ${Math.round(times[15])}, p90 ${Math.round(times[27])} ms`)
})

test('a message that comes in with 250 mounted: main thread at 1x, and no other row is touched', async (t) => {
  await scroll(page, 1e6)
  await quiet(page)
  const known = (await mounted(page)).last
  await page.evaluate(() => {
    globalThis.touched = []
    const rows = new MutationObserver((all) => all.forEach((m) => {
      const row = (m.target.nodeType === 1 ? m.target : m.target.parentElement).closest('li')
      if (!row?.dataset.key || m.attributeName === 'tabindex') return
      globalThis.touched.push(`${row.dataset.seq} ${m.type} ${m.attributeName}`)
    }))
    const all = { subtree: true, childList: true, characterData: true, attributes: true }
    rows.observe(document.querySelector('[role=log] ol'), all)
  })
  const count = 20
  const one = await layout()
  await page.evaluate(() => { globalThis.touched = [] })
  const all = await busy(async () => {
    for (let i = 1; i <= count; i++) {
      const there = page.evaluate(arrival, known + i) // looking again and again would be work for the page too
      await bruno.say(conversation, `message ${i} that comes in`)
      await there
    }
    await until(async () => (await ana.call('GET', `/conversations/${conversation}`)).conversation.unread === 0, 'all to be read')
  })
  const each = all / count
  t.diagnostic(`${each.toFixed(1)} ms of main thread per message, with all that follows from it; ${one.toFixed(1)} per layout of the log`)
  assert.ok(each <= mostLayouts.message * one, `${each} ms, while a layout takes ${one} ms`)
  // The first row may have got its author's name back, when the page above it was dropped.
  const { first } = await mounted(page)
  assert.deepEqual((await page.evaluate(() => globalThis.touched)).filter((what) => !what.startsWith(`${first} `)), [])
})
