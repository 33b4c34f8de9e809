// What a reader lives by, over each of the four ways in which messages reach a page. One page per method goes through all of it;
// all four read one conversation, each by marks of their own.
import { after, before, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from '../lib/chromium.mjs'
import { start } from '../lib/kinward.mjs'
import { device, until } from '../lib/page.mjs'
import { box, choose, methodNames, methods, rows, say } from '../lib/people.mjs'
import { attentive, away, fill, fromEnd, highlighted, mounted, place, quiet, scroll, still, watch } from './watch.mjs'

const title = 'Ward round'

let server, browser, bruno, group
const readers = {}
before(async () => {
  [server, browser] = await Promise.all([start({ flags: ['--registration', 'open'] }), launch()])
  bruno = await server.register('Bruno Costa', 'bruno')
  for (const method of methods) {
    readers[method] = await server.register(`Reader ${method}`, method)
    await bruno.say(await readers[method].direct(bruno), 'Between the two of us.')
  }
  const members = methods.map((method) => readers[method].id)
  group = (await bruno.call('POST', '/conversations', { kind: 'group', title, members })).conversation.id
  await fill(bruno, bruno, group, 130)
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const log = (page) => page.getByRole('log')
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()
const line = (page) => log(page).getByText(/^\d+ new messages?$/)
const newest = async () => (await bruno.transcript(group)).at(-1)

/** Opens a conversation from the list, as one that is open already is opened too. */
async function go(page, name) {
  await page.getByRole('link', { name: new RegExp(`^${name}`) }).click()
  await heading(page, name)
  await quiet(page)
}

/** Opens the conversation for all at its end, with nothing unread. */
async function fresh(page, reader) {
  await go(page, 'Bruno Costa')
  await reader.read(group, (await newest()).seq)
  await page.getByRole('link', { name: new RegExp(`^${title}(?!.*unread)`) }).waitFor()
  await go(page, title)
}

const allRead = (reader) => until(async () => await reader.unread(group) === 0, 'all to be read')
const holds = (page, text) => until(async () => await box(page).inputValue() === text, `"${text}" in the box`)
const atEnd = (page) => until(async () => await fromEnd(page) === 0, 'the end in view')
const sent = (page, text) => until(async () => (await rows(page)).some((r) => r.seq && r.text.includes(text)), `"${text}" to be sent`)

for (const method of methods) {
  describe(`over ${method}`, () => {
    let page, reader
    before(async () => {
      reader = readers[method]
      await reader.read(group, (await newest()).seq)
      page = await device(browser)
      await reader.enter(page.context())
      await choose(page, method)
      await page.goto(server.url)
      await page.getByRole('button', { name: `Connection: Live · ${methodNames[method]}` }).waitFor()
    })
    after(() => page?.context().close())

    test(`B-30: the switcher finds and opens a conversation, and Esc leads back to the text, over ${method}`, async () => {
      const find = page.locator('dialog').getByRole('combobox')
      await page.keyboard.press('Control+k')
      await find.fill('ROUND war')
      await page.locator('dialog').getByRole('option', { name: title }).waitFor()
      await page.keyboard.press('Enter')
      await heading(page, title)
      await box(page).fill('half')
      await page.keyboard.press('Control+k')
      await find.waitFor()
      await page.keyboard.press('Escape')
      await until(() => box(page).evaluate((e) => e === document.activeElement), 'the focus in the box')
      await holds(page, 'half')
      await box(page).fill('')
    })

    test(`B-2: an input method keeps its Enter, the next one sends, over ${method}`, async () => {
      await go(page, title)
      const { seq } = await newest()
      await box(page).focus()
      const cdp = await page.context().newCDPSession(page)
      await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 })
      await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Enter', code: 'Enter' })
      await cdp.send('Input.insertText', { text: '日本' })
      await holds(page, '日本')
      await page.keyboard.press('Enter')
      await until(async () => (await newest()).text === '日本', 'the message')
      assert.equal((await newest()).seq, seq + 1)
      await until(async () => Number((await rows(page)).at(-1).seq) === seq + 1, 'its row')
    })

    test(`B-4: a draft stays with its conversation over a change and a reload, and goes when it is sent, over ${method}`, async () => {
      await go(page, title)
      await box(page).fill(`for all, by ${method}`)
      await go(page, 'Bruno Costa')
      await holds(page, '')
      await go(page, title)
      await holds(page, `for all, by ${method}`)
      await page.reload()
      await log(page).waitFor()
      await holds(page, `for all, by ${method}`)
      await box(page).press('Enter')
      await sent(page, `for all, by ${method}`)
      await page.reload()
      await log(page).waitFor()
      await holds(page, '')
    })

    test(`B-19, B-20, B-21: the line stands above the first unread, what is seen is read, and the line goes, over ${method}`, async () => {
      await go(page, 'Bruno Costa')
      for (let i = 1; i <= 20; i++) await bruno.say(group, `unread ${i} `.repeat(20))
      await page.getByRole('link', { name: new RegExp(`^${title}.*20 unread`) }).waitFor()
      await go(page, title)
      assert.equal(await line(page).innerText(), '20 new messages')
      const at = await place(line(page))
      assert.ok(Math.abs(at - 0.25) < 0.02, `the line is at ${at} of the view`)
      await until(async () => await reader.unread(group) < 20, 'what is in view to be read')
      assert.ok(await reader.unread(group) > 5, 'only what is in view is read')
      await page.getByRole('button', { name: /new$/ }).click()
      await atEnd(page)
      await line(page).waitFor({ state: 'detached' })
      await allRead(reader)

      await attentive(page, false)
      await bruno.say(group, 'while nobody looks')
      await log(page).getByText('1 new message').waitFor()
      assert.equal(await reader.unread(group), 1)
      await attentive(page, true)
      await allRead(reader)
      assert.equal(await line(page).count(), 1, 'the line stays while it is in view')
      await say(page, 'An answer')
      await line(page).waitFor({ state: 'detached' })
    })

    test(`B-22: the end stays in view, and away from it nothing moves while messages come, over ${method}`, async () => {
      await fresh(page, reader)
      await bruno.say(group, `at the end, ${method}`)
      await log(page).getByText(`at the end, ${method}`).waitFor()
      await atEnd(page)
      await allRead(reader)
      await away(page, 900)
      await watch(page)
      for (let i = 1; i <= 3; i++) await bruno.say(group, `new ${i}\nwith a second line`)
      await page.getByRole('button', { name: '3 new' }).waitFor()
      await still(page, 'three new messages')
      await page.getByRole('button', { name: '3 new' }).click()
      await log(page).getByText('3 new messages').waitFor()
      await until(async () => await fromEnd(page) < 500, 'the new messages')
    })

    test(`B-23: an older page comes without moving the reader, while messages come too, over ${method}`, async () => {
      await fresh(page, reader)
      const { first } = await mounted(page)
      await scroll(page, -1e5)
      await scroll(page, 700)
      await watch(page)
      const { seq } = await bruno.say(group, 'meanwhile')
      await until(async () => (await mounted(page)).first < first, 'an older page')
      await until(async () => (await mounted(page)).last === seq, 'the message')
      await quiet(page)
      await still(page, 'the older page')
    })

    test(`B-25: a reply leads to a message far away, with focus and highlight, and back to newest, over ${method}`, async () => {
      await fresh(page, reader)
      const { seq } = await bruno.say(group, 'about that one', { reply_to: 20 })
      const quote = page.locator(`li[data-seq="${seq}"]`).getByRole('button').first()
      await quote.waitFor()
      await allRead(reader)
      const found = highlighted(page)
      await quote.click()
      assert.equal(await found, 20)
      const middle = await place(page.locator('li[data-seq="20"]'), true)
      assert.ok(Math.abs(middle - 0.5) < 0.05, `its middle is at ${middle} of the view`)
      await page.getByRole('button', { name: 'Back to newest' }).click()
      await until(async () => (await mounted(page)).last === seq && await fromEnd(page) === 0, 'the newest message')
      assert.deepEqual(page.faults, [])
    })
  })
}
