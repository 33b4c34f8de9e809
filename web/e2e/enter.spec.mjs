import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device, until } from './lib/page.mjs'
import { box, say } from './lib/people.mjs'
import { word } from './lib/screens.mjs'

let open, hospital, browser
before(async () => {
  [open, hospital, browser] = await Promise.all([start({ flags: ['--registration', 'open'] }), start({ demo: true }), launch()])
})
after(async () => {
  await browser?.close()
  await open?.close()
  await hospital?.close()
})

/** Invites a relative to a patient that has a birth date; gives what the card says. */
async function invited(name = 'Rita Card') {
  const doctor = await hospital.signIn('elena.fischer')
  const patient = (await doctor.patients()).find((p) => p.birth_date && p.conversation)
  const invitation = await doctor.call('POST', `/patients/${patient.id}/invitations`,
    { name, relationship: 'daughter', consent: { basis: 'agreed' } })
  return { doctor, patient, invitation }
}

async function birth(page, iso) {
  const [year, month, day] = iso.split('-')
  await page.getByLabel('Day').fill(day)
  const months = page.getByLabel('Month')
  if (await months.evaluate((e) => e.tagName === 'SELECT')) await months.selectOption(String(Number(month)))
  else await months.fill(month)
  await page.getByLabel('Year').fill(year)
}

test('S5: staff sign in, and a wrong password says what to do', async () => {
  const page = await device(browser)
  await page.goto(hospital.url)
  await page.getByRole('tab', { name: 'I work here' }).click()
  await page.getByLabel('Sign-in name').fill('elena.fischer')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await told(page, word('en', 'core.error_sign_in_failed'))
  await page.getByLabel('Password', { exact: true }).fill(hospital.passwords.get('elena.fischer'))
  await page.keyboard.press('Enter')
  await page.getByRole('navigation').first().waitFor()
  assert.equal(await page.evaluate(() => document.cookie), '', 'the session is not for scripts')
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('kw_')), false)
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('S-4: a relative enters by the link of the card and writes', async () => {
  const { doctor, patient, invitation } = await invited()
  const page = await device(browser, { phone: true })
  await page.goto(hospital.url + new URL(invitation.url).pathname + new URL(invitation.url).hash)
  await page.getByRole('button', { name: 'Start talking' }).waitFor()
  assert.equal(new URL(page.url()).hash, '', 'the code leaves the address bar')
  await birth(page, '1901-02-03')
  await page.getByRole('button', { name: 'Start talking' }).click()
  await told(page, word('en', 'core.error_second_factor_wrong'))
  await birth(page, patient.birth_date)
  await page.getByRole('button', { name: 'Start talking' }).click()
  await box(page).waitFor()
  await say(page, 'How was the night?')
  await until(async () => (await doctor.transcript(patient.conversation)).some((m) => m.text === 'How was the night?'), 'the message')
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('S-4: a typed code works in any case and spacing, once', async () => {
  const { patient, invitation } = await invited('Paulo Card')
  const page = await device(browser, { phone: true })
  await page.goto(hospital.url)
  const code = page.getByLabel('Code on the card')
  await code.fill(`${invitation.code.slice(0, 5).toLowerCase()} - ${invitation.code.slice(5)}`)
  await birth(page, patient.birth_date)
  await page.getByRole('button', { name: 'Start talking' }).click()
  await box(page).waitFor()
  const other = await device(browser, { phone: true })
  await other.goto(hospital.url)
  await other.getByLabel('Code on the card').fill(invitation.code)
  await birth(other, patient.birth_date)
  await other.getByRole('button', { name: 'Start talking' }).click()
  await told(other, word('en', 'entry.code_dead'))
  await page.context().close()
  await other.context().close()
})

test('B1-B4: in open mode one registers with a name, or chooses one’s account', async () => {
  const page = await device(browser)
  await page.goto(open.url)
  await page.getByRole('tab', { name: 'Open' }).click()
  await page.getByLabel('Your name', { exact: true }).fill('Chen Wei')
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByRole('navigation').first().waitFor()
  const other = await device(browser)
  await other.goto(open.url)
  await other.getByRole('tab', { name: 'Open' }).click()
  await other.getByRole('radio', { name: /Chen Wei/ }).check()
  await other.getByRole('button', { name: 'Continue' }).click()
  await other.getByRole('navigation').first().waitFor()
  assert.deepEqual([...page.faults, ...other.faults], [])
  await page.context().close()
  await other.context().close()
})

test('S-7: in a closed server there is no open mode', async () => {
  const page = await device(browser)
  await page.goto(hospital.url)
  await page.getByRole('tab', { name: 'I am family' }).waitFor()
  assert.equal(await page.getByRole('tab', { name: 'Open' }).count(), 0)
  await page.context().close()
})

for (const [language, word, dir] of [['es', 'Soy familiar', 'ltr'], ['zh', '', 'ltr'], ['ar', '', 'rtl'], ['de', '', 'ltr'], ['pt', '', 'ltr']]) {
  test(`A-12, B-47: the entry speaks ${language}, and keeps the choice`, async () => {
    const page = await device(browser, { language })
    await page.goto(hospital.url)
    await page.getByRole('tab').first().waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.dir || 'ltr'), dir)
    assert.equal(await page.evaluate(() => document.documentElement.lang.split('-')[0]), language)
    const first = await page.getByRole('tab').first().textContent()
    assert.notEqual(first, 'I am family')
    if (word) assert.match(first, /familia/i)
    await page.context().close()
  })
}
