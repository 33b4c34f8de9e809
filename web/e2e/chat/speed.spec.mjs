import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { until } from '../lib/page.mjs'
import { box, opened, two } from '../lib/people.mjs'
import { fill, mounted, quiet, scroll } from './watch.mjs'

// A sixth of 200 ms: what the main thread may be busy with one key, or one message, so that the next key is painted within
// 200 ms on a CPU six times as slow. Thread time hardly changes with what else the machine does; wall time is only told.
const mostMs = 200 / 6
const pauseMs = 100

let server, browser, page, ana, bruno, conversation
before(async () => {
  [server, browser] = await Promise.all([start({ flags: ['--registration', 'open'] }), launch()])
  ;({ ana, bruno, conversation } = await two(server))
  await fill(ana, bruno, conversation, 320)
  await ana.call('PUT', `/conversations/${conversation}/marks`, { read: 320 })
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

async function type(count) {
  for (let i = 0; i < count; i++) {
    await page.keyboard.press('the night was calm '[i % 19])
    await page.waitForTimeout(pauseMs)
  }
}

test('a key with 250 messages mounted: main thread at 1x, key to paint at 6x', async (t) => {
  assert.equal((await mounted(page)).count, 250)
  await box(page).focus()
  await type(5)
  const each = await busy(() => type(30)) / 30
  t.diagnostic(`${each.toFixed(1)} ms of main thread per key`)
  assert.ok(each <= mostMs, `${each} ms`)

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
  await type(60)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await cdp.detach()
  const times = (await page.evaluate(() => globalThis.painted)).sort((a, b) => a - b)
  t.diagnostic(`key to paint at 6x: p50 ${Math.round(times[30])}, p98 ${Math.round(times[58])} ms`)
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
  const all = await busy(async () => {
    for (let i = 1; i <= count; i++) {
      await bruno.say(conversation, `message ${i} that comes in`)
      await until(async () => (await mounted(page)).last === known + i, 'the message')
    }
    await until(async () => (await ana.call('GET', `/conversations/${conversation}`)).conversation.unread === 0, 'all to be read')
  })
  t.diagnostic(`${(all / count).toFixed(1)} ms of main thread per message, with all that follows from it`)
  assert.ok(all / count <= mostMs, `${all / count} ms`)
  // The first row may have got its author's name back, when the page above it was dropped.
  const { first } = await mounted(page)
  assert.deepEqual((await page.evaluate(() => globalThis.touched)).filter((what) => !what.startsWith(`${first} `)), [])
})
