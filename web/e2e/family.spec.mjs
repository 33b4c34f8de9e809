// A relative's page as they have it: a phone, touch, 360 px.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device, noSidewaysScroll, patienceMs, until } from './lib/page.mjs'
import { box, rows, say, send } from './lib/people.mjs'
import { pattern, word } from './lib/screens.mjs'
import { alone, phone, relative, wardFlags } from './lib/ward.mjs'

let server, browser, doctor, ana, patient
before(async () => {
  [server, browser] = await Promise.all([start({ demo: true, flags: wardFlags }), launch()])
  doctor = await server.signIn('elena.fischer')
  ana = await server.signIn('ana.silva')
  patient = (await doctor.patients()).find((p) => p.family.some((f) => f.person === ana.id))
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const en = (key, values = {}) => word('en', key).replace(/\{([a-z_]+)\}/g, (_, name) => values[name])
const button = (page, key) => page.getByRole('button', { name: en(key), exact: true })
const link = (page, key) => page.getByRole('link', { name: en(key), exact: true })
const heading = (page, key, values) => page.getByRole('heading', { level: 1, name: en(key, values), exact: true })
const rootSize = (page) => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))

async function opened(person, path = '/', how) {
  const page = await device(browser, { phone: true, ...how })
  if (person) await person.enter(page.context())
  await page.goto(server.url + path)
  return page
}

async function conversation(person = ana, how) {
  const page = await opened(person, '/', how)
  await page.getByRole('log').waitFor()
  return page
}

/** The last message on the page that holds a text. */
const row = (page, text) => page.getByRole('log').locator('li[data-key]').filter({ hasText: text }).last()

test('WCAG 3.2.6: whom to call stands in the same place on every page', async () => {
  const both = await relative(server, doctor, (await alone(doctor)).slice(0, 2), { name: 'Rita Both' })
  const places = {}
  const note = async (page, name) => {
    const call = page.getByRole('link', { name: new RegExp(phone.replace('+', '\\+').replaceAll(' ', '\\s')) })
    await call.waitFor()
    assert.equal(await call.getAttribute('href'), `tel:${phone.replaceAll(' ', '')}`, name)
    places[name] = await call.evaluate((e) => {
      const { left, bottom } = e.closest('footer').getBoundingClientRect()
      return `${Math.round(left)} ${Math.round(innerHeight - bottom)} ${e.closest('footer').contains(e)}`
    })
  }
  const page = await conversation()
  await note(page, 'conversation')
  await link(page, 'family.help').tap()
  await heading(page, 'family.help').waitFor()
  await note(page, 'help')
  await page.goto(`${server.url}/c/01a20110-4459-7ed8-b661-000000000000`)
  await heading(page, 'family.ended_title').waitFor()
  await note(page, 'over')
  const other = await opened(both)
  await heading(other, 'family.choose_title').waitFor()
  await note(other, 'choice')
  await other.getByRole('main').getByRole('link').first().tap()
  await other.getByRole('log').waitFor()
  await note(other, 'one of two')
  assert.equal(new Set(Object.values(places)).size, 1, JSON.stringify(places))
  const door = await opened(undefined)
  await door.getByRole('contentinfo').getByRole('link', { name: /555/ }).waitFor()
  for (const p of [page, other, door]) await p.context().close()
})

test('Family: what to expect is said in plain words, and the last word of the ward has its time', async () => {
  const page = await conversation()
  await page.getByText('Usually answers within 2 hours.').waitFor()
  await page.getByText(en('family.answer_between', { from: '08:00', until: '20:00' })).waitFor()
  await page.getByText(pattern('en', 'family.last_update')).waitFor()
  await page.context().close()
})

test('B-16: a message says "Seen by the care team" once a doctor has read it, and never who', async () => {
  const page = await conversation()
  await say(page, 'Did he eat today?')
  await until(async () => (await row(page, 'Did he eat today?').getAttribute('data-seq')) !== null, 'the message to be sent')
  const seq = Number(await row(page, 'Did he eat today?').getAttribute('data-seq'))
  assert.equal(await row(page, 'Did he eat today?').getByText(en('chat.seen_by_team')).count(), 0)
  await doctor.call('PUT', `/conversations/${patient.conversation}/marks`, { read: seq })
  await row(page, 'Did he eat today?').getByText(en('chat.seen_by_team')).waitFor()
  assert.doesNotMatch(await row(page, 'Did he eat today?').textContent(), /Fischer|Elena/)
  await page.context().close()
})

test('B-16: a hospital can keep its reading to itself', async () => {
  const quiet = await start({ demo: true, flags: [...wardFlags, '--team-read', 'off'] })
  try {
    const [who, reads] = [await quiet.signIn('ana.silva'), await quiet.signIn('elena.fischer')]
    const [{ id }] = (await who.call('GET', '/conversations')).conversations
    const page = await device(browser, { phone: true })
    await who.enter(page.context())
    await page.goto(quiet.url)
    await page.getByRole('log').waitFor()
    const { seq } = await who.say(id, 'Did he eat today?')
    await reads.call('PUT', `/conversations/${id}/marks`, { read: seq })
    await reads.say(id, 'Yes, half of it.')
    await row(page, 'Yes, half of it.').waitFor()
    assert.doesNotMatch(await page.getByRole('log').textContent(), new RegExp(en('chat.seen_by_team')))
    await link(page, 'family.help').tap()
    await heading(page, 'family.help').waitFor()
    assert.equal(await page.getByText(en('family.how_seen')).count(), 0)
    await page.context().close()
  } finally {
    await quiet.close()
  }
})

test('B-27: the team writes, not one of it by name', async () => {
  const page = await conversation()
  await until(async () => { // it is told once, to who listens
    await doctor.call('POST', `/conversations/${patient.conversation}/typing`)
    return page.getByText(en('chat.typing_team')).count()
  }, 'the care team to write')
  await page.context().close()
})

test('Family: the size of the text is at hand, up to twice as large, and is kept', async () => {
  const page = await conversation()
  const first = await rootSize(page)
  await button(page, 'family.larger').tap()
  await until(async () => await rootSize(page) > first, 'larger text')
  for (let i = 0; i < 3; i++) await button(page, 'family.larger').tap()
  await until(async () => await rootSize(page) === 2 * first, 'text twice as large')
  await noSidewaysScroll(page, 'the largest text')
  await page.reload()
  await page.getByRole('log').waitFor()
  assert.equal(await rootSize(page), 2 * first)
  await button(page, 'family.smaller').tap()
  await until(async () => await rootSize(page) < 2 * first, 'smaller text')
  await page.context().close()
})

test('Family: help and back, and what was begun is still in the box', async () => {
  const page = await conversation()
  await box(page).fill('Is he')
  await link(page, 'family.help').tap()
  await heading(page, 'family.help').waitFor()
  await page.getByText(en('family.not_text')).waitFor()
  await button(page, 'family.trouble_button').tap()
  await page.getByRole('dialog').getByRole('radio').first().waitFor()
  await page.keyboard.press('Escape')
  await link(page, 'entry.back').tap()
  await until(async () => await box(page).inputValue() === 'Is he', 'the draft')
  await page.context().close()
})

test('Family: a relative who only receives news is told so kindly, and nothing of theirs goes out', async () => {
  const [of] = await alone(doctor)
  const page = await conversation(await relative(server, doctor, [of], { name: 'Rui Reader', relationship: 'son', scope: 'updates' }))
  await doctor.say(of.conversation, 'A calm night.')
  await row(page, 'A calm night.').waitFor()
  await say(page, 'May I ask?')
  await page.getByText(en('family.updates_only')).waitFor()
  assert.equal(await box(page).count(), 0)
  assert.equal((await doctor.transcript(of.conversation)).some((m) => m.text === 'May I ask?'), false)
  await page.context().close()
})

test('N10: a relative of two patients chooses by name, and nothing gets mixed up', async () => {
  const [first, second] = await alone(doctor)
  const page = await opened(await relative(server, doctor, [first, second], { name: 'Rita Two' }))
  const name = (p) => p.name.split(' ')[0]
  const to = (p) => page.getByRole('main').getByRole('link', { name: new RegExp(name(p)) })
  await to(first).tap()
  await heading(page, 'family.care_team', { name: name(first) }).waitFor()
  await page.getByText(en('family.write_to', { name: name(first) })).first().waitFor()
  await box(page).fill('For the first')
  await link(page, 'family.choose_other').tap()
  await to(second).tap()
  await heading(page, 'family.care_team', { name: name(second) }).waitFor()
  assert.equal(await box(page).inputValue(), '')
  await say(page, 'For the second')
  await until(async () => (await doctor.transcript(second.conversation)).some((m) => m.text === 'For the second'), 'the message')
  await link(page, 'family.choose_other').tap()
  await to(first).tap()
  await until(async () => await box(page).inputValue() === 'For the first', 'the draft')
  assert.equal((await doctor.transcript(first.conversation)).length, 0)
  await page.context().close()
})

test('Family: an access that is over ends calmly: nothing is shown any more, and nobody is to blame', async () => {
  const [first, second] = await alone(doctor)
  const person = await relative(server, doctor, [first, second], { name: 'Rita Last' })
  const end = async (p) => {
    const { family } = (await doctor.call('GET', `/patients/${p.id}`)).patient
    const { link: theirs } = family.find((f) => f.person === person.id)
    await doctor.call('POST', `/patients/${p.id}/links/${theirs}/revoke`, { reason: 'asked by the patient' })
  }
  await doctor.say(first.conversation, 'Private words')
  const page = await opened(person)
  await page.getByRole('main').getByRole('link', { name: new RegExp(first.name.split(' ')[0]) }).tap()
  await row(page, 'Private words').waitFor()
  await end(first)
  await heading(page, 'family.ended_title').waitFor()
  assert.doesNotMatch(await page.locator('body').innerText(), /Private words/)
  await link(page, 'entry.back').tap()
  await box(page).waitFor()
  await end(second)
  await until(async () => await box(page).count() === 0, 'the second to end')
  await page.getByText(/Nobody did anything wrong/).waitFor()
  await page.getByRole('link', { name: /555/ }).waitFor()
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('Slow link: on a slow phone and slow 4G the page is ready to read and to write', async (t) => {
  const page = await device(browser, { phone: true, serviceWorkers: 'block' })
  await ana.enter(page.context())
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  const slow4G = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 } // ms, bytes a second
  await cdp.send('Network.emulateNetworkConditions', slow4G)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.goto(server.url, { waitUntil: 'commit' })
  await page.getByRole('log').locator('li[data-key]').first().waitFor({ timeout: 2 * patienceMs })
  const ready = await page.evaluate(() => Math.round(performance.now()))
  const got = await page.evaluate(() => performance.getEntriesByType('resource').reduce((sum, r) => sum + r.transferSize, 0))
  t.diagnostic(`ready after ${ready} ms, ${Math.round(got / 1000)} kB over the line`)
  await box(page).fill('On a slow line')
  await send(page).tap()
  await until(async () => (await doctor.transcript(patient.conversation)).some((m) => m.text === 'On a slow line'), 'the message')
  await page.context().close()
})

test('P-4, P-7: after a first visit the page opens without a network, with the number to call, and goes on by itself', async () => {
  const page = await conversation()
  await page.evaluate(async () => { await navigator.serviceWorker.ready })
  await box(page).fill('Begun before')
  await box(page).blur()
  await page.context().setOffline(true)
  await page.reload()
  await heading(page, 'entry.offline_title').waitFor()
  await page.getByRole('link', { name: /555/ }).waitFor()
  await page.context().setOffline(false)
  await page.getByRole('log').waitFor()
  await until(async () => await box(page).inputValue() === 'Begun before', 'the draft')
  await page.context().setOffline(true)
  await say(page, 'Written without a network')
  await row(page, 'Written without a network').waitFor()
  assert.equal((await rows(page)).at(-1).seq, undefined)
  await page.context().setOffline(false)
  const arrived = async () => (await doctor.transcript(patient.conversation)).filter((m) => m.text === 'Written without a network')
  await until(async () => (await arrived()).length === 1, 'the message')
  await page.context().close()
})
