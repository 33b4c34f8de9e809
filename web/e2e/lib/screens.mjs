// Every screen of the client, and how a person gets there: what axe and the layout checks go through.
import { device } from './page.mjs'
import { box } from './people.mjs'

const log = (page) => page.getByRole('log').waitFor()

/** Opens a page as somebody (undefined: nobody) in a language. */
async function as(browser, server, person, path, how) {
  const page = await device(browser, how)
  if (person) await person.enter(page.context())
  await page.goto(server.url + path)
  await page.locator('h1').first().waitFor({ state: 'attached' })
  return page
}

// The name of a control in the language of the screen: the catalogues are at hand as files.
import { readFileSync } from 'node:fs'
const catalogues = new Map()
export function word(language, key) {
  const area = key.slice(0, key.indexOf('.'))
  const file = `${language}/${area}`
  if (!catalogues.has(file)) catalogues.set(file, JSON.parse(readFileSync(new URL(`../../src/locales/${file}.json`, import.meta.url), 'utf8')))
  const text = catalogues.get(file)[key]
  if (text === undefined) throw new Error(`${file}.json has no ${key}`)
  return text
}

/** A pattern that a text with placeholders fits. */
export function pattern(language, key) {
  const text = word(language, key)
  return new RegExp(String(text).replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[a-z_]+\}/g, '.*'))
}

const button = (page, language, key) => page.getByRole('button', { name: pattern(language, key) }).first()

/**
 * The screens. world: { hospital, open, doctor, relative, patient, member, talk, group }. Each gives the page, ready to look at.
 */
export const screens = {
  'entry, family': (b, w, how) => as(b, w.hospital, undefined, '/', how),
  'entry, staff': async (b, w, how) => {
    const page = await as(b, w.hospital, undefined, '/', how)
    await page.getByRole('tab', { name: word(how.language, 'entry.tab_staff') }).click()
    return page
  },
  'entry, open': async (b, w, how) => {
    const page = await as(b, w.open, undefined, '/', how)
    await page.getByRole('tab', { name: word(how.language, 'entry.tab_open') }).click()
    await page.getByRole('radio').first().waitFor()
    return page
  },
  'entry, card': (b, w, how) => as(b, w.hospital, undefined, '/join#K7QWP3MZA9', how),
  'family': async (b, w, how) => {
    const page = await as(b, w.hospital, w.relative, '/', how)
    await log(page)
    return page
  },
  'family, help': async (b, w, how) => {
    const page = await as(b, w.hospital, w.relative, '/', how)
    await log(page)
    await button(page, how.language, 'family.help').click()
    await page.getByText(word(how.language, 'family.not_title')).waitFor()
    return page
  },
  'staff, list': (b, w, how) => as(b, w.hospital, w.doctor, '/', how),
  'staff, patient': async (b, w, how) => {
    const page = await as(b, w.hospital, w.doctor, `/patients/${w.patient.id}`, how)
    await log(page)
    return page
  },
  'staff, find': async (b, w, how) => {
    const page = await as(b, w.hospital, w.doctor, '/', how)
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('a')
    await page.getByRole('dialog').getByRole('option').first().waitFor()
    return page
  },
  'staff, invite': async (b, w, how) => {
    const page = await as(b, w.hospital, w.doctor, `/patients/${w.patient.id}`, how)
    await log(page)
    await details(page, how)
    await page.getByRole('button', { name: word(how.language, 'staff.invite'), exact: true }).last().click()
    await page.getByRole('dialog').getByLabel(word(how.language, 'staff.inv_name')).waitFor()
    return page
  },
  'staff, connection': async (b, w, how) => {
    const page = await as(b, w.hospital, w.doctor, `/patients/${w.patient.id}`, how)
    await log(page)
    await page.getByRole('button', { name: /WebSocket/ }).first().click()
    await page.getByRole('radio').first().waitFor()
    return page
  },
  'staff, settings': async (b, w, how) => {
    const page = await as(b, w.hospital, w.doctor, '/', how)
    await button(page, how.language, 'staff.settings').click()
    await page.getByRole('dialog').getByRole('heading').first().waitFor()
    return page
  },
  'people, list': (b, w, how) => as(b, w.open, w.member, '/people', how),
  'people, conversation': async (b, w, how) => {
    const page = await as(b, w.open, w.member, `/c/${w.talk}`, how)
    await log(page)
    return page
  },
  'people, group': async (b, w, how) => {
    const page = await as(b, w.open, w.member, `/c/${w.group}`, how)
    await log(page)
    return page
  },
  'people, new': async (b, w, how) => {
    const page = await as(b, w.open, w.member, '/people', how)
    await button(page, how.language, 'staff.new').click()
    await page.getByRole('dialog').getByRole('combobox').waitFor()
    return page
  },
}

/** Opens the patient's details where they are not beside the conversation. */
async function details(page, how) {
  if (await page.getByRole('button', { name: word(how.language, 'staff.invite'), exact: true }).last().isVisible().catch(() => false)) return
  await page.getByRole('button', { name: pattern(how.language, 'staff.details') }).first().click()
}

/** The people and conversations that the screens show. */
export async function world(hospital, open) {
  const doctor = await hospital.signIn('elena.fischer')
  const relative = await hospital.signIn('ana.silva')
  const patient = (await doctor.patients()).find((p) => p.family.some((f) => f.person === relative.id))
  const member = await open.register('Ana Almeida', 'ana')
  const bruno = await open.register('Bruno Costa', 'bruno')
  const chen = await open.register('陈伟', 'chen')
  await open.register('Choose Me', 'choose').catch(() => {})
  await fetch(`${open.url}/api/v1/people`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'مريم حداد' }) })
  const talk = await member.direct(bruno)
  for (const [who, text] of [[member, 'Good morning! https://example.org/plan'], [bruno, 'صباح الخير'], [bruno, 'Long'.repeat(60)], [member, '早上好']]) {
    await who.say(talk, text)
  }
  const { conversation } = await member.call('POST', '/conversations', { kind: 'group', title: 'Night shift', members: [bruno.id, chen.id] })
  await chen.say(conversation.id, '晚上好')
  return { hospital, open, doctor, relative, patient, member, talk, group: conversation.id }
}

export { box }
