import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { until } from './lib/page.mjs'
import { methodNames, methods, opened, rows, say, two } from './lib/people.mjs'

let server, browser
before(async () => {
  server = await start({ flags: ['--registration', 'open'] })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

for (const method of methods) {
  test(`B10, U4: messages go both ways over ${method}`, async () => {
    const { ana, bruno, conversation } = await two(server)
    const page = await opened(browser, ana, conversation, { method })
    await bruno.say(conversation, 'Did she eat today?')
    await page.getByRole('log').getByText('Did she eat today?').waitFor()
    await say(page, 'Yes, half of her breakfast.')
    await until(async () => (await bruno.transcript(conversation)).length === 2, 'the answer on the server')
    const shown = await until(async () => {
      const all = await rows(page)
      return all.length === 2 && all.every((r) => r.seq) && all
    }, 'two numbered rows')
    assert.deepEqual(shown.map((r) => r.seq), [1, 2])
    assert.match(shown[1].text, /Sent|Delivered|Read/)
    assert.deepEqual(page.faults, [])
    await page.context().close()
  })

  test(`B-12, B-14: an answer that is lost on the way doubles nothing, receiving by ${method}`, async () => {
    const { ana, bruno, conversation } = await two(server)
    // Where the feed comes once a minute, only the repeat of the send can tell that it arrived.
    const page = await opened(browser, ana, conversation, { method, intervalS: 60 })
    let tries = 0
    await page.route(`**/conversations/${conversation}/messages`, async (route) => {
      if (route.request().method() !== 'POST' || ++tries > 2) return route.continue()
      await route.fetch() // it arrives, and its answer does not
      return route.abort('connectionreset')
    })
    await say(page, 'Once only')
    await until(async () => /Sent|Delivered|Read/.test((await rows(page)).at(-1)?.text ?? ''), 'the state')
    assert.ok(tries >= (method === 'poll' ? 3 : 1), `${tries} tries`)
    assert.equal((await rows(page)).length, 1)
    assert.deepEqual((await bruno.transcript(conversation)).map((m) => m.text), ['Once only'])
    await page.context().close()
  })

  test(`B-35: what came while the server was gone is there once, over ${method}`, async () => {
    const { ana, bruno, conversation } = await two(server)
    const page = await opened(browser, ana, conversation, { method })
    await bruno.say(conversation, 'before')
    await page.getByRole('log').getByText('before').waitFor()
    await server.stop('SIGKILL')
    await say(page, 'written without a server')
    await server.boot()
    await bruno.say(conversation, 'after')
    await until(async () => (await rows(page)).length === 3 && (await rows(page)).every((r) => r.seq), 'three rows')
    const texts = (await bruno.transcript(conversation)).map((m) => m.text)
    assert.deepEqual([...texts].sort(), ['after', 'before', 'written without a server'])
    const shown = await rows(page)
    assert.deepEqual(shown.map((r) => r.seq), [1, 2, 3])
    texts.forEach((text, i) => assert.ok(shown[i].text.includes(text)))
    await page.context().close()
  })
}

test('B-37: changing the method in the middle of a stream loses and doubles nothing', async () => {
  const { ana, bruno, conversation } = await two(server)
  const page = await opened(browser, ana, conversation)
  const count = 160
  const stream = (async () => {
    for (let i = 1; i <= count; i++) await bruno.say(conversation, `number ${i}`)
  })()
  await page.getByRole('button', { name: /WebSocket|Connection/ }).first().click()
  const picker = page.getByRole('dialog')
  for (let turn = 0; turn < 3; turn++) {
    for (const method of methods) await picker.getByRole('radio', { name: methodNames[method], exact: true }).check()
  }
  await picker.getByRole('radio', { name: /^Automatic/ }).check()
  await stream
  await page.keyboard.press('Escape')
  const shown = await until(async () => {
    const all = await rows(page)
    return all.at(-1)?.seq === count && all
  }, 'the last message')
  assert.deepEqual(shown.map((r) => r.seq), Array.from({ length: count }, (_, i) => i + 1))
  await page.context().close()
})

test('B12: the two ends may differ', async () => {
  const { ana, bruno, conversation } = await two(server)
  const left = await opened(browser, ana, conversation, { method: 'websocket' })
  const right = await opened(browser, bruno, conversation, { method: 'poll' })
  await say(left, 'from a socket')
  await right.getByRole('log').getByText('from a socket').waitFor()
  await say(right, 'from polling')
  await left.getByRole('log').getByText('from polling').waitFor()
  for (const page of [left, right]) assert.equal((await rows(page)).length, 2)
  await left.context().close()
  await right.context().close()
})
