// The dialog in which one chooses how messages reach this device.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { axe, noSidewaysScroll, until } from '../lib/page.mjs'
import { opened, two } from '../lib/people.mjs'

let server, browser
before(async () => {
  server = await start({ flags: ['--registration', 'open'] })
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

async function picker(page) {
  await page.getByRole('button', { name: /^Connection: Live/ }).first().click()
  const dialog = page.getByRole('dialog', { name: 'How messages reach this device' })
  await dialog.waitFor()
  return dialog
}

test('B10, B-37: each method can be chosen, takes effect at once, shows its figures and brings messages once', async () => {
  const { ana, bruno, conversation } = await two(server)
  const page = await opened(browser, ana, conversation, { width: 1100, height: 900 })
  const dialog = await picker(page)
  await dialog.getByRole('radio', { name: /^Automatic \(now: WebSocket\)/ }).waitFor()
  for (const name of ['Server-sent events', 'Long polling', 'WebSocket']) {
    await dialog.getByRole('radio', { name, exact: true }).check()
    await page.getByText(`Live · ${name}`).first().waitFor()
    await bruno.say(conversation, `by ${name}`)
    await page.locator('[role=log]').getByText(`by ${name}`).waitFor({ state: 'attached' })
    const last = dialog.getByRole('row', { name: /^Last message/ }).getByRole('cell')
    const column = await dialog.getByRole('columnheader').allInnerTexts().then((all) => all.indexOf(name) - 1)
    await until(async () => /\d\d:\d\d:\d\d/.test(await last.nth(column).innerText()), `the time of ${name}`)
  }
  await dialog.getByRole('combobox', { name: 'Ask for new messages every' }).selectOption('2 seconds')
  assert.equal(await dialog.getByRole('radio', { name: 'Polling', exact: true }).isChecked(), true)
  await page.getByText('Live · Polling').first().waitFor()
  await dialog.getByRole('button', { name: 'Use automatic' }).click()
  assert.equal(await dialog.getByRole('radio', { name: /^Automatic/ }).isChecked(), true)
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'INPUT', 'the button has gone, the focus has not')
  assert.equal(await page.locator('[role=log] li[data-key]').count(), 3)
  await page.context().close()
})

test('the test of all four tells each result in words, and the connection stays', async () => {
  const { ana, conversation } = await two(server)
  const page = await opened(browser, ana, conversation)
  await page.routeWebSocket(/feed\/socket/, (socket) => socket.close())
  const dialog = await picker(page)
  await dialog.getByRole('button', { name: 'Test all four' }).click()
  const results = dialog.getByRole('listitem')
  await results.filter({ hasText: 'WebSocket' }).getByText('Does not work').waitFor()
  for (const name of ['Server-sent events', 'Long polling', 'Polling']) {
    await results.filter({ hasText: name }).getByText(/Works, \d+ ms/).first().waitFor()
  }
  await page.locator('[data-announcer=polite]').getByText('Test finished. 3 of 4 methods work.').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Connection: Live · WebSocket' }).waitFor()
  await page.context().close()
})

test('P-9: another tab says who holds the connection, and a choice there counts here', async () => {
  const { ana, conversation } = await two(server)
  const first = await opened(browser, ana, conversation)
  await first.getByRole('button', { name: 'Connection: Live · WebSocket' }).waitFor()
  const second = await first.context().newPage()
  await second.goto(first.url())
  const dialog = await picker(second)
  await dialog.getByText('Another Kinward tab on this device holds the connection').waitFor()
  await dialog.getByRole('radio', { name: 'Long polling', exact: true }).check()
  await first.getByRole('button', { name: 'Connection: Live · Long polling' }).waitFor()
  await first.context().close()
})

const screens = [[320, 640, 100, 'en', false], [320, 640, 200, 'en', true], [1280, 800, 200, 'ar', false]]
for (const [width, height, text, language, dark] of screens) {
  test(`B-43: the dialog fits ${width} px at ${text} % in ${language}, without violations`, async () => {
    const { ana, conversation } = await two(server)
    const page = await opened(browser, ana, conversation, { width, height, dark, language })
    await page.evaluate((size) => localStorage.setItem('kinward.setting.textSize', String(size)), text)
    await page.reload()
    await page.locator('.kw-line-badge.is-live:visible').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('table').waitFor()
    await noSidewaysScroll(page, 'picker')
    const over = await dialog.locator('.kw-dialog-body').evaluate((e) => e.scrollWidth - e.clientWidth)
    assert.ok(over <= 0, `${over} px wider than the dialog`)
    await axe(page)
    await page.context().close()
  })
}
