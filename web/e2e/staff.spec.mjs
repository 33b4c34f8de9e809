import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device, until } from './lib/page.mjs'
import { box, rows, send } from './lib/people.mjs'
import { pattern, word } from './lib/screens.mjs'
import { relative } from './lib/ward.mjs'

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

const en = (key, values = {}) => word('en', key).replace(/\{([a-z_]+)\}/g, (_, name) => values[name])
const button = (page, key, values) => page.getByRole('button', { name: en(key, values), exact: true })
const dialog = (page) => page.locator('dialog')
const heading = (page, name) => page.getByRole('heading', { level: 1, name: new RegExp(name) })

async function desk(path = '/', how) {
  const page = await device(browser, how)
  await doctor.enter(page.context())
  await page.goto(server.url + path)
  await page.getByRole('navigation').first().waitFor()
  return page
}

/** The patients whose family reads here. */
const withFamily = async () => (await doctor.patients()).filter((p) => p.family.some((f) => f.state === 'active'))

const arrived = (patient, text) =>
  until(async () => (await doctor.transcript(patient.conversation)).some((m) => m.text === text), `"${text}" at the server`)

test('texts that come in another order than they were asked for are all there', async () => {
  const page = await device(browser)
  await doctor.enter(page.context())
  const come = new Set() // of the page of staff: its code and its texts
  page.on('requestfinished', (r) => { if (/\/assets\/staff-/.test(r.url())) come.add(r.url()) })
  await page.route(/\/assets\/en-/, async (route) => {
    await until(() => come.size === 2, 'the page of staff and its texts')
    for (let i = 0; i < 5; i++) await page.evaluate(() => new Promise(requestAnimationFrame)) // they are taken in
    await route.continue()
  })
  await page.goto(server.url, { waitUntil: 'commit' })
  await page.getByRole('link', { name: en('staff.people') }).waitFor()
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('U2, B-30: Ctrl+K, a name, Enter, and the doctor writes to that family', async () => {
  const page = await desk()
  const [patient] = await withFamily()
  await page.keyboard.press('Control+k')
  await dialog(page).getByRole('combobox').fill(patient.name.split(' ').at(-1).toLowerCase())
  await dialog(page).getByRole('option').first().waitFor()
  assert.equal(new URL(page.url()).search, '', 'what is searched stays out of the address')
  await page.keyboard.press('Enter')
  await heading(page, patient.name).waitFor()
  await until(() => box(page).evaluate((e) => e === document.activeElement), 'the composer to have the focus')
  await page.keyboard.type('Your visit is at two.')
  await page.keyboard.press('Enter')
  const yes = button(page, 'chat.confirm_send')
  await yes.waitFor()
  assert.match(await page.locator('form').filter({ has: yes }).textContent(), new RegExp(patient.name), 'W14: the question names the patient')
  await page.keyboard.press('Enter')
  await arrived(patient, 'Your visit is at two.')
  await page.context().close()
})

test('B-30: the switcher finds by bed, by number and by parts of the name in any order, whatever the accents', async () => {
  const page = await desk()
  const patient = (await doctor.patients()).find((p) => p.name === 'João Pereira da Silva')
  const number = patient.identifiers.find((i) => /mrn/.test(i.system)).value
  for (const query of ['silva joao', 'PEREIRA', `${patient.room}-${patient.bed}`, number]) {
    await page.keyboard.press('Control+k')
    await dialog(page).getByRole('combobox').fill(query)
    await dialog(page).getByRole('option', { name: new RegExp(patient.name) }).waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
  }
  await page.context().close()
})

test('W14: a message goes to the family that was shown, whatever is opened meanwhile', async () => {
  const page = await desk()
  const [first, second] = await withFamily()
  const before = (await doctor.transcript(second.conversation)).length
  await page.goto(`${server.url}/patients/${first.id}`)
  await box(page).fill('For the first family')
  await page.goto(`${server.url}/patients/${second.id}`)
  await heading(page, second.name).waitFor()
  assert.equal(await box(page).inputValue(), '')
  await page.goto(`${server.url}/patients/${first.id}`)
  await until(async () => await box(page).inputValue() === 'For the first family', 'the draft of the first')
  await send(page).click()
  const yes = button(page, 'chat.confirm_send')
  await yes.waitFor()
  await yes.click()
  await arrived(first, 'For the first family')
  assert.equal((await doctor.transcript(second.conversation)).length, before)
  await page.context().close()
})

test('W14: once said yes, it asks again only when one more relative reads', async () => {
  const page = await desk()
  const [, patient] = await withFamily()
  await page.goto(`${server.url}/patients/${patient.id}`)
  const yes = button(page, 'chat.confirm_send')
  const write = async (text) => {
    await box(page).fill(text)
    await send(page).click()
  }
  await write('first')
  await yes.click()
  await arrived(patient, 'first')
  await write('second')
  await arrived(patient, 'second')
  await relative(server, doctor, [patient], { name: 'Vera Another' })
  await page.locator('header, form').getByText('Vera Another').first().waitFor()
  await write('third')
  await yes.waitFor()
  assert.ok(!(await doctor.transcript(patient.conversation)).some((m) => m.text === 'third'))
  await yes.click()
  await arrived(patient, 'third')
  await page.context().close()
})

test('S-4: an invitation from the dialog, with code and QR, lets a relative in; ending it shows them out', async () => {
  const [patient] = await withFamily()
  const page = await desk(`/patients/${patient.id}`)
  await button(page, 'staff.invite').first().click()
  await dialog(page).getByLabel(en('staff.inv_name')).fill('Marta Guest')
  await dialog(page).getByLabel(en('staff.inv_relationship')).selectOption('sister')
  await dialog(page).getByRole('radio', { name: en('staff.basis.agreed') }).check()
  await button(page, 'staff.inv_make').click()
  const drawn = dialog(page).getByRole('img', { name: en('staff.inv_qr') })
  await until(() => drawn.evaluate((e) => e.naturalWidth > 0), 'the drawn code')
  const code = (await dialog(page).textContent()).match(/[A-HJKMNP-Z2-9]{5}-[A-HJKMNP-Z2-9]{5}/)[0]
  await page.keyboard.press('Escape')

  const phone = await device(browser, { phone: true })
  await phone.goto(server.url)
  await phone.evaluate(([c, b]) => fetch('/api/v1/invitations/redeem', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code: c, birth_date: b }),
  }), [code, patient.birth_date])
  await phone.reload()
  await box(phone).waitFor()

  await button(page, 'staff.end_access_of', { name: 'Marta Guest' }).click()
  const ends = dialog(page).getByRole('button', { name: en('staff.end_access'), exact: true })
  await ends.click()
  await dialog(page).getByText(en('staff.need')).waitFor()
  await dialog(page).getByLabel(en('staff.reason')).fill('asked by the patient')
  await ends.click()
  await until(async () => await box(phone).count() === 0, 'the relative to be shown out')
  assert.equal((await rows(phone).catch(() => [])).length, 0)
  await dialog(page).waitFor({ state: 'detached' })
  await page.context().close()
  await phone.context().close()
})

test('B-28, B-29: the inbox puts the longest waiting first, in words', async () => {
  const ana = await server.signIn('ana.silva')
  const [hers] = (await ana.call('GET', '/conversations')).conversations
  await ana.say(hers.id, 'When can I call you?')
  const page = await desk()
  const waiting = (await doctor.patients()).filter((p) => p.waiting_since).sort((a, b) => a.waiting_since.localeCompare(b.waiting_since))
  assert.ok(waiting.length > 0, 'a family waits')
  const first = page.getByRole('list', { name: en('staff.patients') }).getByRole('link').first()
  await first.filter({ hasText: waiting[0].name }).waitFor()
  assert.match(await first.textContent(), /waiting/)
  assert.doesNotMatch(await page.locator('body').innerText(), /\b0 min/, 'nobody waits for nothing')
  await page.getByRole('button', { name: new RegExp(en('staff.show_waiting')) }).first().click()
  const links = page.getByRole('list', { name: en('staff.patients') }).getByRole('link')
  await until(async () => await links.count() === waiting.length, 'those who wait only')
  await page.context().close()
})

test('B-28: a list that the pointer is on stays as it is, and offers its new order', async () => {
  const relative = await server.signIn('wang.xiaoming')
  const families = await withFamily()
  const theirs = families.find((p) => p.family.some((f) => f.person === relative.id))
  const other = families.find((p) => p !== theirs)
  for (const p of [theirs, other]) await doctor.say(p.conversation, 'Answered.')
  const page = await desk()
  const links = page.getByRole('list', { name: en('staff.patients') }).getByRole('link')
  const order = () => links.evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  await links.first().filter({ hasText: other.name }).hover()
  const before = await order()
  await relative.say(theirs.conversation, '谢谢')
  await page.getByText(en('staff.changed')).waitFor()
  assert.deepEqual(await order(), before)
  await button(page, 'staff.update').click()
  await links.first().filter({ hasText: theirs.name }).waitFor()
  await page.context().close()
})

test('A-5, B-32: Alt+↓ goes through the patients, the title and the focus follow', async () => {
  const page = await desk()
  await page.getByRole('list', { name: en('staff.patients') }).getByRole('link').first().waitFor()
  const begin = await page.title()
  await page.keyboard.press('Alt+ArrowDown')
  await until(async () => await page.title() !== begin, 'a title')
  const first = await page.title()
  await page.keyboard.press('Alt+ArrowDown')
  await until(async () => await page.title() !== first, 'another title')
  assert.match(await page.title(), /– Kinward$/)
  await until(() => page.evaluate(() => document.activeElement !== document.body), 'the focus to be somewhere')
  await page.context().close()
})

test('B9: two colleagues talk', async () => {
  const page = await desk('/people')
  await button(page, 'staff.new').first().click()
  await dialog(page).getByRole('combobox').fill('tom')
  await dialog(page).getByRole('option', { name: /Tomasz/ }).click()
  await button(page, 'staff.start').click()
  await box(page).fill('Can you look at bed 4?')
  await send(page).click()
  await until(async () => (await rows(page)).some((r) => r.seq && r.text.includes('Can you look at bed 4?')), 'the message')
  await page.getByRole('link', { name: new RegExp(`^${en('staff.patients')}`) }).click()
  await until(() => new URL(page.url()).pathname === '/', 'the list of patients')
  await page.getByRole('link', { name: new RegExp(`^${en('staff.people')}`) }).click()
  await until(() => new URL(page.url()).pathname === '/people', 'the list of people, with an address of its own')
  await page.getByRole('list', { name: en('staff.conversations') }).getByRole('link').first().waitFor()
  await page.context().close()
})

test('B9, W8: a group takes a third, who sees it all; whoever is taken out loses it', async () => {
  const page = await desk('/people')
  const nurse = await server.signIn('tomasz.luczak')
  const third = await server.person('staff', 'mira.third', 'Mira Third')
  await button(page, 'staff.new').first().click()
  for (const [query, name] of [['tomasz', /Tomasz/], ['luk', /Lukas/]]) {
    await dialog(page).getByRole('combobox').fill(query)
    await dialog(page).getByRole('option', { name }).click()
  }
  await dialog(page).getByLabel(en('staff.new_title')).fill('Night shift')
  await button(page, 'staff.start').click()
  await heading(page, 'Night shift').waitFor()
  const id = new URL(page.url()).pathname.split('/').at(-1)
  await box(page).fill('Who is on tonight?')
  await send(page).click()
  await until(async () => (await nurse.transcript(id)).some((m) => m.text === 'Who is on tonight?'), 'the message')
  await button(page, 'staff.add_person').click()
  await dialog(page).getByRole('combobox').fill('mira')
  await dialog(page).getByRole('option', { name: /Mira/ }).click()
  await until(async () => (await third.transcript(id).catch(() => [])).some((m) => m.text === 'Who is on tonight?'), 'the third to see it')
  await button(page, 'staff.remove_of', { name: 'Mira Third' }).click()
  await dialog(page).getByRole('button', { name: en('staff.remove'), exact: true }).click()
  await until(() => third.transcript(id).then(() => false, () => true), 'the third to be out')
  await page.context().close()
})

test('B-48: an address of no patient of one’s own says so, and leads back', async () => {
  const page = await desk('/patients/01a20110-4459-7ed8-b661-000000000000')
  await page.getByRole('heading', { level: 1, name: en('staff.lost_title') }).waitFor()
  await page.getByRole('main').getByRole('button', { name: en('staff.back') }).click()
  await page.getByRole('heading', { level: 1, name: en('staff.choose_patient') }).waitFor()
  assert.match(await page.locator('.kw-shell').innerText(), new RegExp(pattern('en', 'staff.families_wait').source.slice(1, -1)))
  await page.context().close()
})
