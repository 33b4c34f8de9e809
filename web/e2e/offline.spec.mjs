import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, launchKept } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device, until } from './lib/page.mjs'
import { box, opened, rows, say, two } from './lib/people.mjs'

let server, browser
before(async () => {
  server = await start({ flags: ['--registration', 'open'] })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const subscriptions = async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(text.match(/^kinward_feed_subscriptions (\d+)/m)?.[1])
}

test('P-9: several tabs share one connection, and the next takes over', async () => {
  const { ana, bruno, conversation } = await two(server)
  const before = await subscriptions()
  const first = await opened(browser, ana, conversation)
  const second = await first.context().newPage()
  const third = await first.context().newPage()
  for (const page of [second, third]) {
    await page.goto(`${server.url}/c/${conversation}`)
    await page.getByRole('log').waitFor()
  }
  await bruno.say(conversation, 'for all tabs')
  for (const page of [first, second, third]) await page.getByRole('log').getByText('for all tabs').waitFor()
  await until(async () => await subscriptions() - before === 1, 'one connection for all')
  await first.close()
  await bruno.say(conversation, 'after the first has gone')
  for (const page of [second, third]) {
    await page.getByRole('log').getByText('after the first has gone').waitFor()
    assert.equal((await rows(page)).length, 2)
  }
  await until(async () => await subscriptions() - before === 1, 'one connection again')
  await second.context().close()
})

test('P-11: signing out in one tab signs out all', async () => {
  const { ana, conversation } = await two(server)
  const first = await opened(browser, ana, conversation)
  const second = await first.context().newPage()
  await second.goto(`${server.url}/c/${conversation}`)
  await second.getByRole('log').waitFor()
  await first.evaluate(() => fetch('/api/v1/sessions/current', { method: 'DELETE' }))
  for (const page of [first, second]) {
    await page.getByRole('heading', { level: 1 }).waitFor()
    await until(async () => await page.getByRole('log').count() === 0, 'the content to go')
  }
  await first.context().close()
})

test('P-7: what was written without a server survives a restart of the browser and is sent once', async () => {
  const { ana, bruno, conversation } = await two(server)
  const profile = await mkdtemp(join(tmpdir(), 'kinward-profile-'))
  let context = await launchKept(profile)
  try {
    await ana.enter(context)
    let page = await context.newPage()
    await page.goto(`${server.url}/c/${conversation}`)
    await page.getByRole('log').waitFor()
    await page.evaluate(() => navigator.serviceWorker?.ready)
    await server.stop('SIGKILL')
    await say(page, 'kept over the night')
    await page.getByRole('log').getByText('kept over the night').waitFor()
    await context.close()
    await server.boot()
    context = await launchKept(profile)
    page = await context.newPage()
    await page.goto(`${server.url}/c/${conversation}`)
    await until(async () => (await bruno.transcript(conversation)).length === 1, 'the message on the server')
    await page.getByRole('log').getByText('kept over the night').waitFor()
    assert.equal((await rows(page)).length, 1)
  } finally {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
})

test('P-4: the page opens without a server and says that it is offline', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await server.stop()
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByText(/offline|reach|connection/i).first().waitFor()
  await server.boot()
  await page.context().close()
})

test('B-4: a draft survives a reload and leaves with the message', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation)
  await box(page).fill('I was about to')
  await page.reload()
  await until(async () => await box(page).inputValue() === 'I was about to', 'the draft')
  await say(page, 'I was about to ask')
  await until(async () => (await rows(page)).at(-1)?.seq, 'the message')
  await page.reload()
  await page.getByRole('log').waitFor()
  assert.equal(await box(page).inputValue(), '')
  await page.context().close()
})

test('P-1: everything runs over plain HTTP, where the browser offers less', async () => {
  const plain = await launch({ args: ['--host-resolver-rules=MAP kinward.test 127.0.0.1'] })
  try {
    const { ana, bruno, conversation } = await two(server)
    const page = await device(plain)
    const url = server.url.replace('127.0.0.1', 'kinward.test')
    await page.context().addCookies([{ name: 'kinward', value: ana.token, url, httpOnly: true, sameSite: 'Lax' }])
    await page.goto(`${url}/c/${conversation}`)
    await page.getByRole('log').waitFor()
    assert.equal(await page.evaluate(() => isSecureContext), false)
    await say(page, 'over plain HTTP')
    await bruno.say(conversation, 'and back')
    await page.getByRole('log').getByText('and back').waitFor()
    await until(async () => (await bruno.transcript(conversation)).length === 2, 'both messages')
    assert.deepEqual(page.faults, [])
  } finally {
    await plain.close()
  }
})
