import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { passing, stopTime, until } from '../lib/page.mjs'
import { box, opened, two } from '../lib/people.mjs'
import { away, fill, fromEnd, mounted, quiet, scroll, still, watch } from './watch.mjs'

let server, browser, ana, bruno, conversation
before(async () => {
  [server, browser] = await Promise.all([start({ flags: ['--registration', 'open'] }), launch()])
  ;({ ana, bruno, conversation } = await two(server))
  await fill(ana, bruno, conversation, 600)
  await ana.call('PUT', `/conversations/${conversation}/marks`, { read: 600 })
})
after(async () => {
  await browser?.close()
  await server?.close()
})

test('B-23: older and newer pages come, and far ones go, without moving the reader by a pixel', async () => {
  const page = await opened(browser, ana, conversation)
  await quiet(page)
  for (let i = 0; i < 8; i++) {
    const { first } = await mounted(page)
    await scroll(page, -1e5)
    await scroll(page, 700)
    await watch(page)
    await until(async () => (await mounted(page)).first < first, 'an older page')
    await quiet(page)
    await still(page, `older page ${i}`)
    const now = await mounted(page)
    assert.ok(now.count <= 250, `${now.count} rows are mounted`)
  }
  assert.ok((await mounted(page)).last < 600, 'the newest page was dropped')
  for (let i = 0; i < 3; i++) {
    const { last } = await mounted(page)
    await scroll(page, 1e5)
    await scroll(page, -700)
    await watch(page)
    await until(async () => (await mounted(page)).last > last, 'a newer page')
    await quiet(page)
    await still(page, `newer page ${i}`)
  }
  await page.getByRole('button', { name: 'Back to newest' }).click()
  await until(async () => (await mounted(page)).last === 600 && await fromEnd(page) < 1, 'the newest message')
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('B-22: away from the end the position is held, whatever comes, grows or is written', async () => {
  const { ana, bruno, conversation } = await two(server)
  await fill(ana, bruno, conversation, 60)
  await ana.call('PUT', `/conversations/${conversation}/marks`, { read: 60 })
  const page = await opened(browser, ana, conversation)
  await away(page, 900)
  const seq = Number(await watch(page))

  for (let i = 1; i <= 3; i++) await bruno.say(conversation, `new ${i}\nwith a second line`)
  await page.getByRole('button', { name: '3 new' }).waitFor()
  await still(page, 'three new messages')

  await watch(page)
  const his = (await bruno.transcript(conversation)).filter((m) => m.sender === bruno.id)
  for (const m of [his.find((m) => m.seq > seq + 12), his.findLast((m) => m.seq < seq - 12)]) {
    const text = 'much longer than before. '.repeat(20) + m.seq
    await bruno.call('PATCH', `/conversations/${conversation}/messages/${m.seq}`, { text })
    await page.locator(`li[data-seq="${m.seq}"]`, { hasText: 'much longer' }).waitFor({ state: 'attached' })
  }
  await still(page, 'rows that grow')

  await watch(page)
  await box(page).fill(Array.from({ length: 9 }, (_, i) => `line ${i}`).join('\n'))
  await until(async () => (await box(page).boundingBox()).height > 150, 'a taller box')
  await still(page, 'the box grows')

  await watch(page)
  await page.setViewportSize({ width: 1280, height: 640 })
  await page.setViewportSize({ width: 1280, height: 800 })
  await still(page, 'the window')

  const place = () => page.locator(`li[data-seq="${seq}"]`).evaluate((e) => Math.round(e.getBoundingClientRect().top))
  const before = await place()
  for (const hidden of [true, false]) {
    await page.evaluate((is) => new Promise((done) => {
      document.querySelector('main').hidden = is
      requestAnimationFrame(() => requestAnimationFrame(done))
    }), hidden)
  }
  assert.equal(await place(), before, 'a pane that was hidden')
  await page.context().close()
})

test('B-22: at the end the end stays in view; the pill leads to the first new message, then to the end', async () => {
  const { ana, bruno, conversation } = await two(server)
  await fill(ana, bruno, conversation, 60)
  await ana.call('PUT', `/conversations/${conversation}/marks`, { read: 60 })
  const page = await opened(browser, ana, conversation)
  await until(async () => (await mounted(page)).last === 60, 'the transcript')
  await bruno.say(conversation, 'at the end')
  await page.getByRole('log').getByText('at the end', { exact: true }).waitFor()
  assert.equal(await fromEnd(page), 0)
  await box(page).fill('1\n2\n3\n4\n5\n6')
  assert.equal(await fromEnd(page), 0)
  await scroll(page, -40)
  await bruno.say(conversation, 'nearly at the end')
  await page.getByRole('log').getByText('nearly at the end', { exact: true }).waitFor()
  await until(async () => await fromEnd(page) === 0, 'the end')
  await until(async () => (await ana.call('GET', `/conversations/${conversation}`)).conversation.unread === 0, 'all of it read')

  await away(page, 1200)
  for (let i = 0; i < 14; i++) await bruno.say(conversation, `long ${i} `.repeat(60))
  await page.getByRole('button', { name: '14 new' }).click()
  const first = page.locator('li[data-seq="63"]')
  await until(async () => {
    const { y } = await first.boundingBox()
    return y > 0 && y < 400
  }, 'the first new message')
  assert.ok(await fromEnd(page) > 500)
  await page.getByRole('button', { name: /new$/ }).click()
  await until(async () => await fromEnd(page) === 0, 'the end')
  await page.context().close()
})

test('B-23: grey rows below what is read move nothing', async () => {
  const page = await opened(browser, ana, conversation)
  await quiet(page)
  for (let i = 0; i < 6; i++) await away(page, 1e5)
  let answer
  await page.route('**/messages?after=*', async (route) => {
    await new Promise((done) => { answer ??= done })
    await route.continue()
  })
  await scroll(page, 1e6)
  await scroll(page, -300)
  await watch(page)
  await page.locator('.kw-skeleton').waitFor()
  answer()
  await page.locator('.kw-skeleton').waitFor({ state: 'detached' })
  await quiet(page)
  await still(page, 'the next page')
  await page.context().close()
})

test('B-23: grey rows stand for an older page only when it takes longer than 300 ms', async () => {
  const page = await opened(browser, ana, conversation, { clock: true })
  await quiet(page)
  let answer
  await page.route('**/messages?before=*', async (route) => {
    await new Promise((done) => { answer ??= done })
    await route.continue()
  })
  await quiet(page)
  await stopTime(page)
  await scroll(page, -1e5)
  await passing(page, () => answer, 'the request', 1)
  await page.clock.runFor(250)
  assert.equal(await page.locator('.kw-skeleton').count(), 0, 'no grey rows yet')
  await page.clock.runFor(500)
  await page.locator('.kw-skeleton').waitFor()
  await page.clock.resume()
  await scroll(page, 500)
  await watch(page)
  answer()
  await page.locator('.kw-skeleton').waitFor({ state: 'detached' })
  await quiet(page)
  await still(page, 'the page after grey rows')
  await page.context().close()
})
