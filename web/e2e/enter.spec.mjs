import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device, until } from './lib/page.mjs'
import { box, say } from './lib/people.mjs'
import { word } from './lib/screens.mjs'
import { alone, invite } from './lib/ward.mjs'

let open, hospital, browser, doctor
before(async () => {
  [open, hospital, browser] = await Promise.all([start({ flags: ['--registration', 'open'] }), start({ demo: true }), launch()])
  doctor = await hospital.signIn('elena.fischer')
})
after(async () => {
  await browser?.close()
  await open?.close()
  await hospital?.close()
})

const en = (key) => word('en', key)
const button = (page, key) => page.getByRole('button', { name: en(key), exact: true })
const field = (page, key) => page.getByLabel(en(key), { exact: true })
const tab = (page, name) => page.getByRole('tab', { name: en(`entry.tab_${name}`) })
/** A sentence on the page itself, not only for screen readers. */
const told = (page, key) => page.getByRole('main').getByText(en(key)).waitFor()

/** A relative's card for a patient who has none of the family here yet. */
async function invited() {
  const [patient] = await alone(doctor)
  return { patient, invitation: await invite(doctor, patient) }
}

async function birth(page, iso) {
  const [year, month, day] = iso.split('-')
  await field(page, 'entry.day').fill(day)
  await field(page, 'entry.month').selectOption(String(Number(month)))
  await field(page, 'entry.year').fill(year)
}

async function signIn(page, handle, password) {
  await page.goto(hospital.url)
  await tab(page, 'staff').click()
  await field(page, 'entry.handle').fill(handle)
  await field(page, 'entry.password').fill(password)
  await button(page, 'entry.sign_in').click()
}

test('S5: staff sign in, and a wrong password says what to do', async () => {
  const page = await device(browser)
  await signIn(page, 'elena.fischer', 'not the password')
  await told(page, 'core.error_sign_in_failed')
  await field(page, 'entry.password').fill(hospital.passwords.get('elena.fischer'))
  await page.keyboard.press('Enter')
  await page.getByRole('navigation').first().waitFor()
  assert.equal(await page.evaluate(() => document.cookie), '', 'the session is not for scripts')
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('kw_')), false)
  await page.reload()
  await page.getByRole('navigation').first().waitFor()
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('S-4: a relative enters by the link of the card and writes', async () => {
  const { patient, invitation } = await invited()
  const page = await device(browser, { phone: true })
  await page.goto(hospital.url + new URL(invitation.url).pathname + new URL(invitation.url).hash)
  await button(page, 'entry.start').waitFor()
  assert.equal(new URL(page.url()).hash, '', 'the code leaves the address bar')
  await birth(page, '1901-02-03')
  await button(page, 'entry.start').click()
  await told(page, 'core.error_second_factor_wrong')
  await birth(page, patient.birth_date)
  await button(page, 'entry.start').click()
  await box(page).waitFor()
  await say(page, 'How was the night?')
  await until(async () => (await doctor.transcript(patient.conversation)).some((m) => m.text === 'How was the night?'), 'the message')
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('S-4: a typed code works in any case and spacing, once', async () => {
  const { patient, invitation } = await invited()
  const page = await device(browser, { phone: true })
  await page.goto(hospital.url)
  await field(page, 'entry.code').fill(`${invitation.code.slice(0, 5).toLowerCase()} - ${invitation.code.slice(5)}`)
  await birth(page, patient.birth_date)
  await button(page, 'entry.start').click()
  await box(page).waitFor()
  const other = await device(browser, { phone: true })
  await other.goto(hospital.url)
  await field(other, 'entry.code').fill(invitation.code)
  await birth(other, patient.birth_date)
  await button(other, 'entry.start').click()
  await told(other, 'entry.code_dead')
  assert.equal(await field(other, 'entry.code').evaluate((e) => e === document.activeElement), true, 'the focus is on what is wrong')
  await page.context().close()
  await other.context().close()
})

test('A-11: what is not filled in is said at its field before anything is sent', async () => {
  const page = await device(browser, { phone: true })
  await page.goto(hospital.url)
  await button(page, 'entry.start').click()
  await told(page, 'entry.code_length')
  await field(page, 'entry.code').fill('K7QWP-0OZA9')
  await button(page, 'entry.start').click()
  await told(page, 'entry.code_letters')
  await page.context().close()
})

test('B1-B4: in open mode one registers with a name, or chooses one’s account', async () => {
  const page = await device(browser)
  await page.goto(open.url)
  await tab(page, 'open').click()
  await field(page, 'entry.open_name').fill('Chen Wei')
  await button(page, 'entry.open_make').click()
  await page.getByRole('navigation').first().waitFor()
  const other = await device(browser)
  await other.goto(open.url)
  await tab(other, 'open').click()
  await other.getByRole('radio', { name: /Chen Wei/ }).check()
  await button(other, 'entry.open_continue').click()
  await other.getByRole('navigation').first().waitFor()
  assert.deepEqual([...page.faults, ...other.faults], [])
  await page.context().close()
  await other.context().close()
})

test('S-7: in a closed server there is no open mode', async () => {
  const page = await device(browser)
  await page.goto(hospital.url)
  await tab(page, 'family').waitFor()
  assert.equal(await tab(page, 'open').count(), 0)
  await page.context().close()
})

test('B-49: a locked screen shows nothing, after a reload too, and the own password opens it where it was', async () => {
  const page = await device(browser)
  await doctor.enter(page.context())
  const [patient] = (await doctor.patients()).filter((p) => p.family.some((f) => f.state === 'active'))
  await page.goto(`${hospital.url}/patients/${patient.id}`)
  await box(page).fill('half a sentence')
  await button(page, 'staff.settings').click()
  await button(page, 'entry.lock').click()
  for (const again of [false, true]) {
    if (again) await page.reload()
    await page.getByRole('heading', { level: 1, name: en('entry.locked_title') }).waitFor()
    assert.equal((await page.locator('body').innerText()).includes(patient.name), false)
  }
  await field(page, 'entry.password').fill(hospital.passwords.get('elena.fischer'))
  await button(page, 'entry.unlock').click()
  await page.getByRole('heading', { level: 1, name: new RegExp(patient.name) }).waitFor()
  assert.equal(await box(page).inputValue(), 'half a sentence')
  await page.context().close()
})

test('B-49: signing out leaves no word of anybody on the device', async () => {
  const page = await device(browser)
  await signIn(page, 'tomasz.luczak', hospital.passwords.get('tomasz.luczak'))
  await page.getByRole('navigation').first().waitFor()
  const nurse = await hospital.signIn('tomasz.luczak')
  const [patient] = (await nurse.patients()).filter((p) => p.family.some((f) => f.state === 'active'))
  await page.goto(`${hospital.url}/patients/${patient.id}`)
  await box(page).fill('a draft about somebody')
  await button(page, 'staff.settings').click()
  await button(page, 'entry.sign_out').click()
  await told(page, 'entry.notice_left')
  assert.equal(new URL(page.url()).pathname, '/')
  assert.equal(await page.evaluate(async () => {
    const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result) })
      for (const store of db.objectStoreNames) {
        const all = await new Promise((done) => { db.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result) })
        kept.push(JSON.stringify(all))
      }
      db.close()
    }
    return kept.join().includes('a draft about')
  }), false)
  await page.context().close()
})

for (const [language, dir] of [['es', 'ltr'], ['zh', 'ltr'], ['ar', 'rtl'], ['de', 'ltr'], ['pt', 'ltr']]) {
  test(`A-12, B-47: the entry speaks ${language}, and keeps another choice`, async () => {
    const page = await device(browser, { language })
    await page.goto(hospital.url)
    await page.getByRole('tab', { name: word(language, 'entry.tab_family') }).waitFor()
    const root = () => page.evaluate(() => ({ dir: document.documentElement.dir || 'ltr', lang: document.documentElement.lang.split('-')[0] }))
    assert.deepEqual(await root(), { dir, lang: language })
    await page.getByLabel(word(language, 'common.language')).selectOption('en')
    await tab(page, 'family').waitFor()
    await page.reload()
    await tab(page, 'family').waitFor()
    assert.deepEqual(await root(), { dir: 'ltr', lang: 'en' })
    await page.context().close()
  })
}
