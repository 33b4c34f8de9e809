// Every screen of the client, and how a person gets there: what axe and the layout checks go through.
import { readFileSync } from 'node:fs'
import { launch } from './chromium.mjs'
import { start } from './kinward.mjs'
import { device } from './page.mjs'
import { alone, invite, relative, wardFlags } from './ward.mjs'

const catalogues = new Map()

/** A text of the client in a language: the catalogues are at hand as files. */
export function word(language, key) {
  const area = key.slice(0, key.indexOf('.'))
  const file = `${language}/${area}`
  if (!catalogues.has(file)) catalogues.set(file, JSON.parse(readFileSync(new URL(`../../src/locales/${file}.json`, import.meta.url), 'utf8')))
  const text = catalogues.get(file)[key]
  if (text === undefined) throw new Error(`${file}.json has no ${key}`)
  return text
}

/** A pattern that a text fits, whatever stands for its placeholders, in any of its plural forms. */
export function pattern(language, key) {
  const text = word(language, key)
  const forms = typeof text === 'string' ? [text] : Object.values(text)
  const plain = forms.map((f) => f.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[a-z_]+\}/g, '.*'))
  return new RegExp(`^(${plain.join('|')})$`)
}

/** The composer and its button, in any language. */
export const box = (page) => page.locator('form textarea')
export const send = (page) => page.locator('form:has(textarea) button[type=submit]')

/** Opens a page as somebody (undefined: nobody) in a language. */
async function as(browser, url, person, path, how) {
  const page = await device(browser, { serviceWorkers: 'block', ...how })
  if (person) await person.enter(page.context())
  await page.goto(url + path)
  await page.locator('h1').first().waitFor({ state: 'attached' })
  return page
}

const button = (page, { language }, key) => page.getByRole('button', { name: pattern(language, key) }).first()
const text = (page, { language }, key) => page.getByText(pattern(language, key)).first()
const dialog = (page) => page.locator('dialog')

const entry = (path = '/') => (b, w, how) => as(b, w.hospital.url, undefined, path, how)
const log = (page) => page.getByRole('log').waitFor()

async function door(b, server, how, name) {
  const page = await as(b, server.url, undefined, '/', how)
  await page.getByRole('tab', { name: word(how.language, `entry.tab_${name}`) }).click()
  return page
}

/** The page of a relative, w.ana unless told. */
async function family(b, w, how, person = w.ana) {
  const page = await as(b, w.hospital.url, person, '/', how)
  await log(page)
  return page
}

async function help(b, w, how) {
  const page = await family(b, w, how)
  await page.getByRole('link', { name: word(how.language, 'family.help') }).click()
  await text(page, how, 'family.not_title').waitFor()
  return page
}

const staff = (b, w, how, path = '/', person = w.doctor) => as(b, w.hospital.url, person, path, how)

async function patient(b, w, how, which = w.patient) {
  const page = await staff(b, w, how, `/patients/${which.id}`)
  await page.locator('.kw-patient').waitFor()
  return page
}

/** A patient's details, beside the conversation or in its place. */
async function details(b, w, how) {
  const page = await patient(b, w, how)
  const invites = page.getByRole('button', { name: word(how.language, 'staff.invite'), exact: true }).first()
  if (!(await invites.isVisible())) await button(page, how, 'staff.details').click()
  await invites.waitFor()
  return page
}

async function inviting(b, w, how) {
  const page = await details(b, w, how)
  await page.getByRole('button', { name: word(how.language, 'staff.invite'), exact: true }).first().click()
  await dialog(page).getByLabel(word(how.language, 'staff.inv_name')).waitFor()
  return page
}

async function settings(b, w, how) {
  const page = await staff(b, w, how)
  await button(page, how, 'staff.settings').click()
  await dialog(page).getByRole('radio').first().waitFor()
  return page
}

async function people(b, w, how, path) {
  const page = await as(b, w.open.url, w.member, path, how)
  if (path.startsWith('/c/')) await log(page)
  return page
}

const basic = (path, person = 'ana') => (b, w, how) => as(b, w.hospital.url, w[person], `/basic${typeof path === 'string' ? path : path(w)}`, how)

/**
 * The screens. world: see `stage`; how: { language, width, height … } of the device. Each gives the page, ready to look at.
 */
export const screens = {
  'entry, family': entry(),
  'entry, family, faults': async (b, w, how) => {
    const page = await entry()(b, w, how)
    await button(page, how, 'entry.start').click()
    await text(page, how, 'entry.code_length').waitFor()
    return page
  },
  'entry, card': entry('/join#K7QWP3MZA9'),
  'entry, card of somebody signed in': async (b, w, how) => {
    const page = await as(b, w.hospital.url, w.ana, '/join#K7QWP3MZA9', how)
    await button(page, how, 'entry.start').waitFor()
    return page
  },
  'entry, staff': (b, w, how) => door(b, w.hospital, how, 'staff'),
  'entry, open': async (b, w, how) => {
    const page = await door(b, w.open, how, 'open')
    await page.getByRole('radio').first().waitFor()
    return page
  },
  'entry, not reachable': async (b, w, how) => {
    const page = await device(b, { serviceWorkers: 'block', ...how })
    await page.route('**/api/**', (r) => r.abort())
    await page.goto(w.hospital.url)
    await text(page, how, 'entry.offline_title').waitFor()
    return page
  },

  'nothing here': entry('/nothing'),

  'family': (b, w, how) => family(b, w, how),
  'family, help': help,
  'family, leaving': async (b, w, how) => {
    const page = await help(b, w, how)
    await button(page, how, 'entry.sign_out').click()
    await dialog(page).getByText(word(how.language, 'entry.leave_family')).waitFor()
    return page
  },
  'family, two patients': async (b, w, how) => {
    const page = await as(b, w.hospital.url, w.both, '/', how)
    await text(page, how, 'family.choose_title').waitFor()
    return page
  },
  'family, updates only': async (b, w, how) => {
    const page = await family(b, w, how, w.reader)
    await box(page).fill('May I?')
    await send(page).click()
    await text(page, how, 'family.updates_only').waitFor()
    return page
  },
  'family, over': async (b, w, how) => {
    const page = await as(b, w.hospital.url, w.ana, '/c/01a20110-4459-7ed8-b661-000000000000', how)
    await text(page, how, 'family.ended_title').waitFor()
    return page
  },

  'staff, list': (b, w, how) => staff(b, w, how),
  'staff, no patients': async (b, w, how) => {
    const page = await staff(b, w, how, '/', w.newcomer)
    await text(page, how, 'staff.none_title').waitFor()
    return page
  },
  'staff, patient': async (b, w, how) => {
    const page = await patient(b, w, how)
    await log(page)
    return page
  },
  'staff, patient without family': (b, w, how) => patient(b, w, how, w.alone),
  'staff, not a patient': async (b, w, how) => {
    const page = await staff(b, w, how, '/patients/01a20110-4459-7ed8-b661-000000000000')
    await text(page, how, 'staff.lost_title').waitFor()
    return page
  },
  'staff, is this the right family': async (b, w, how) => {
    const page = await patient(b, w, how)
    await box(page).fill('Good morning')
    await send(page).click()
    await button(page, how, 'chat.confirm_send').waitFor()
    return page
  },
  'staff, details': details,
  'staff, menu of a message': async (b, w, how) => {
    const page = await patient(b, w, how)
    await page.getByRole('log').getByRole('button', { name: word(how.language, 'chat.actions') }).last().click()
    await page.getByRole('menuitem').first().waitFor()
    return page
  },
  'staff, find': async (b, w, how) => {
    const page = await staff(b, w, how)
    await page.keyboard.press('Control+k')
    await dialog(page).getByRole('combobox').fill('a')
    await dialog(page).getByRole('option').first().waitFor()
    return page
  },
  'staff, keys': async (b, w, how) => {
    const page = await patient(b, w, how)
    await page.keyboard.press('Control+/')
    await dialog(page).getByText('Ctrl+F6').waitFor()
    return page
  },
  'staff, invite': inviting,
  'staff, invite, faults': async (b, w, how) => {
    const page = await inviting(b, w, how)
    await button(page, how, 'staff.inv_make').click()
    await text(page, how, 'staff.need').waitFor()
    return page
  },
  'staff, invitation': async (b, w, how) => {
    const page = await inviting(b, w, how)
    await dialog(page).getByLabel(word(how.language, 'staff.inv_name')).fill('Marta Guest')
    await dialog(page).getByLabel(word(how.language, 'staff.inv_relationship')).selectOption('sister')
    await dialog(page).getByRole('radio', { name: word(how.language, 'staff.basis.agreed') }).check()
    await button(page, how, 'staff.inv_make').click()
    await dialog(page).getByRole('img', { name: word(how.language, 'staff.inv_qr') }).waitFor()
    return page
  },
  'staff, card to print': (b, w, how) => staff(b, w, how, `/api/v1/patients/${w.patient.id}/invitations/${w.invitation.id}/card`),
  'staff, end access': async (b, w, how) => {
    const page = await details(b, w, how)
    await button(page, how, 'staff.end_access_of').click()
    await dialog(page).getByLabel(word(how.language, 'staff.reason')).waitFor()
    return page
  },
  'staff, add a colleague': async (b, w, how) => {
    const page = await details(b, w, how)
    await page.getByRole('button', { name: word(how.language, 'staff.add'), exact: true }).first().click()
    await dialog(page).getByRole('combobox').first().waitFor()
    return page
  },
  'staff, connection': async (b, w, how) => {
    const page = await patient(b, w, how)
    await page.getByRole('button', { name: /WebSocket/ }).first().click()
    await button(page, how, 'connection.test').click()
    await text(page, how, 'connection.test_done').waitFor()
    return page
  },
  'settings': settings,
  'settings, devices and password': async (b, w, how) => {
    const page = await settings(b, w, how)
    const parts = dialog(page).locator('details')
    for (const part of await parts.all()) await part.locator('summary').click()
    await dialog(page).locator('.kw-devices li').first().waitFor()
    await dialog(page).getByLabel(word(how.language, 'entry.password_now')).waitFor()
    return page
  },
  'locked': async (b, w, how) => {
    const page = await settings(b, w, how)
    await button(page, how, 'entry.lock').click()
    await text(page, how, 'entry.locked_title').waitFor()
    return page
  },

  'people, list': (b, w, how) => people(b, w, how, '/people'),
  'people, conversation': (b, w, how) => people(b, w, how, `/c/${w.talk}`),
  'people, not sent': async (b, w, how) => {
    const page = await people(b, w, how, `/c/${w.talk}`)
    const problem = { type: 'about:blank', title: 'Invalid', status: 422, code: 'invalid' }
    await page.route('**/messages', (r) => r.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify(problem) }))
    await box(page).fill('Refused')
    await send(page).click()
    await text(page, how, 'chat.why_invalid').waitFor()
    return page
  },
  'people, group': (b, w, how) => people(b, w, how, `/c/${w.group}`),
  'people, members': async (b, w, how) => {
    const page = await people(b, w, how, `/c/${w.group}`)
    const add = button(page, how, 'staff.add_person')
    if (!(await add.isVisible())) await button(page, how, 'staff.members').click()
    await add.waitFor()
    return page
  },
  'people, new': async (b, w, how) => {
    const page = await people(b, w, how, '/people')
    await button(page, how, 'staff.new').click()
    await dialog(page).getByRole('combobox').waitFor()
    return page
  },

  'basic, entry': basic('', 'nobody'),
  'basic, conversations': basic('/conversations', 'both'),
  'basic, conversation': basic((w) => `/c/${w.patient.conversation}`),
  'basic, writing': basic((w) => `/c/${w.patient.conversation}/write`),

  'gallery': async (b, w, how) => {
    const page = await as(b, w.dev.url, undefined, '/gallery', how)
    await page.locator('.kw-gallery-section').last().waitFor()
    return page
  },
}

/** The servers, people and conversations that the screens show. { dev } also starts the development build. */
export async function stage({ dev = false } = {}) {
  const [hospital, open, browser, developing] = await Promise.all([
    start({ demo: true, flags: wardFlags }), start({ flags: ['--registration', 'open'] }), launch(), dev && start({ dev: true }),
  ])
  const w = { hospital, open, dev: developing || undefined, ...(await ward(hospital)), ...(await general(open)) }
  const close = () => Promise.all([browser, hospital, open, developing].map((s) => s && s.close()))
  return { w, browser, close }
}

async function ward(hospital) {
  const doctor = await hospital.signIn('elena.fischer')
  const ana = await hospital.signIn('ana.silva')
  const patient = (await doctor.patients()).find((p) => p.family.some((f) => f.person === ana.id))
  const [first, second, third, last] = await alone(doctor)
  return {
    doctor, ana, patient, alone: last,
    both: await relative(hospital, doctor, [first, second], { name: 'Rita Both' }),
    reader: await relative(hospital, doctor, [third], { name: 'Rui Reader', relationship: 'son', scope: 'updates' }),
    newcomer: await hospital.person('staff', 'new.comer', 'Dr. New Comer'),
    invitation: await invite(doctor, patient, { name: 'Paulo Card', relationship: 'son' }),
  }
}

async function general(open) {
  const member = await open.register('Ana Almeida', 'ana')
  const bruno = await open.register('Bruno Costa', 'bruno')
  const chen = await open.register('陈伟', 'chen')
  await open.register('مريم حداد', 'maryam')
  const talk = await member.direct(bruno)
  await member.say(talk, 'Good morning! https://example.org/plan')
  await bruno.say(talk, 'صباح الخير')
  await bruno.say(talk, 'Long'.repeat(60))
  await member.say(talk, '早上好')
  const { conversation } = await member.call('POST', '/conversations', { kind: 'group', title: 'Night shift', members: [bruno.id, chen.id] })
  await chen.say(conversation.id, '晚上好')
  return { member, talk, group: conversation.id }
}
