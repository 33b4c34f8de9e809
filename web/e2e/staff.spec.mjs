import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device, until } from './lib/page.mjs'
import { box, rows, send } from './lib/people.mjs'

let server, browser, doctor
before(async () => {
  server = await start({ demo: true })
  browser = await launch()
  doctor = await server.signIn('elena.fischer')
})
after(async () => {
  await browser?.close()
  await server?.close()
})

async function desk(path = '/', how) {
  const page = await device(browser, how)
  await doctor.enter(page.context())
  await page.goto(server.url + path)
  await page.getByRole('navigation').first().waitFor()
  return page
}

const withRelative = async () => (await doctor.patients()).find((p) => p.family.some((f) => f.state === 'active'))

test('U2, B-30: Ctrl+K, a name, Enter, and the doctor writes to that family', async () => {
  const page = await desk()
  const patient = await withRelative()
  await page.keyboard.press('Control+k')
  const find = page.getByRole('dialog').getByRole('combobox')
  await find.fill(patient.name.split(' ').at(-1).toLowerCase())
  await page.getByRole('dialog').getByRole('option').first().waitFor()
  assert.ok(!page.url().includes('query'), 'what is searched stays out of the address')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: new RegExp(patient.name) }).waitFor()
  await until(() => box(page).evaluate((e) => e === document.activeElement), 'the composer to have the focus')
  await page.keyboard.type('Your visit is at two.')
  await page.keyboard.press('Enter')
  const yes = page.getByRole('button', { name: 'Yes, send' })
  await yes.waitFor()
  assert.match(await page.locator('form').filter({ has: yes }).textContent(), new RegExp(patient.name), 'W14: the question names the patient')
  await page.keyboard.press('Enter')
  await until(async () => (await doctor.transcript(patient.conversation)).some((m) => m.text === 'Your visit is at two.'), 'the message')
  await page.context().close()
})

test('W14: a message goes to the family that was shown, whatever is opened meanwhile', async () => {
  const page = await desk()
  const [first, second] = (await doctor.patients()).filter((p) => p.family.some((f) => f.state === 'active'))
  const before = (await doctor.transcript(second.conversation)).length
  await page.goto(`${server.url}/patients/${first.id}`)
  await box(page).fill('For the first family')
  await page.goto(`${server.url}/patients/${second.id}`)
  await page.getByRole('heading', { level: 1, name: new RegExp(second.name) }).waitFor()
  assert.equal(await box(page).inputValue(), '')
  await page.goto(`${server.url}/patients/${first.id}`)
  await until(async () => await box(page).inputValue() === 'For the first family', 'the draft of the first')
  await send(page).click()
  const yes = page.getByRole('button', { name: 'Yes, send' })
  if (await yes.isVisible()) await yes.click()
  await until(async () => (await doctor.transcript(first.conversation)).some((m) => m.text === 'For the first family'), 'the message')
  assert.equal((await doctor.transcript(second.conversation)).length, before)
  await page.context().close()
})

test('S-4: an invitation from the dialog, with code and QR, lets a relative in; ending it shows them out within 5 s', async () => {
  const page = await desk()
  const patient = (await doctor.patients()).find((p) => p.birth_date && p.conversation)
  await page.goto(`${server.url}/patients/${patient.id}`)
  await page.getByRole('button', { name: /^Invite/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the relative').fill('Marta Guest')
  await dialog.getByLabel('Relationship to the patient').selectOption('sister')
  const basis = dialog.getByLabel('Why may the family be told?')
  if (await basis.count()) await basis.selectOption('agreed')
  else await dialog.getByRole('radio', { name: 'The patient agreed' }).check()
  await dialog.getByRole('button', { name: 'Make the invitation' }).click()
  await dialog.getByRole('img', { name: /QR/ }).waitFor()
  const code = (await dialog.textContent()).match(/[A-HJKMNP-Z2-9]{5}-[A-HJKMNP-Z2-9]{5}/)[0]
  await until(() => dialog.getByRole('img', { name: /QR/ }).evaluate((e) => e.tagName !== 'IMG' || e.naturalWidth > 0), 'the drawn code')
  await page.keyboard.press('Escape')

  const phone = await device(browser, { phone: true })
  await phone.goto(server.url)
  await phone.evaluate(([c, b]) => fetch('/api/v1/invitations/redeem', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code: c, birth_date: b }),
  }), [code, patient.birth_date])
  await phone.reload()
  await box(phone).waitFor()

  await page.getByRole('button', { name: 'End the access of Marta Guest' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('asked by the patient')
  await page.getByRole('dialog').getByRole('button', { name: 'End access' }).click()
  await until(async () => await box(phone).count() === 0, 'the relative to be shown out', 6000)
  assert.equal((await rows(phone).catch(() => [])).length, 0)
  await page.context().close()
  await phone.context().close()
})

test('B-28, B-29: the inbox puts the longest waiting first, in words', async () => {
  const page = await desk()
  const waiting = (await doctor.patients()).filter((p) => p.waiting_since).sort((a, b) => a.waiting_since.localeCompare(b.waiting_since))
  assert.ok(waiting.length > 0, 'the demo has a family that waits')
  const first = page.getByRole('navigation').getByRole('link').filter({ hasText: waiting[0].name })
  await first.waitFor()
  assert.match(await first.textContent(), /wait/i)
  await page.context().close()
})

test('A-5, B-32: Alt+↓ goes through the patients, the title and the focus follow', async () => {
  const page = await desk()
  await page.keyboard.press('Alt+ArrowDown')
  await page.getByRole('heading', { level: 1 }).waitFor()
  const first = await page.title()
  await page.keyboard.press('Alt+ArrowDown')
  await until(async () => await page.title() !== first, 'another title')
  assert.match(await page.title(), /– Kinward$/)
  await page.context().close()
})

test('B9: two colleagues talk, and a group takes a third', async () => {
  const page = await desk('/people')
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByRole('dialog').getByRole('combobox').fill('tom')
  await page.getByRole('dialog').getByRole('option').first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await box(page).fill('Can you look at bed 4?')
  await send(page).click()
  await until(async () => (await rows(page)).some((r) => r.seq && r.text.includes('Can you look at bed 4?')), 'the message')
  await page.context().close()
})
