// Two people who know each other: the least that most specs need.
import { device } from './page.mjs'

export const methods = ['websocket', 'sse', 'long-poll', 'poll']
export const methodNames = { websocket: 'WebSocket', sse: 'Server-sent events', 'long-poll': 'Long polling', poll: 'Polling' }

/** Registers two people with a direct conversation (open mode). */
export async function two(server, a = 'Ana Almeida', b = 'Bruno Costa') {
  const tag = Math.random().toString(36).slice(2, 8)
  const ana = await server.register(a, `ana.${tag}`)
  const bruno = await server.register(b, `bruno.${tag}`)
  return { ana, bruno, conversation: await ana.direct(bruno) }
}

/** Opens somebody's page on a conversation. { method } is how messages reach it. */
export async function opened(browser, person, conversation, { method, intervalS = 2, ...how } = {}) {
  const page = await device(browser, how)
  await person.enter(page.context())
  if (method) await choose(page, method, intervalS)
  await page.goto(`${person.url}/c/${conversation}`)
  await page.getByRole('log').waitFor()
  return page
}

/** Sets how messages reach the device, as its settings keep it. */
export function choose(page, method, intervalS = 2) {
  return page.addInitScript(([m, s]) => {
    localStorage.setItem('kinward.setting.choice', JSON.stringify(m))
    localStorage.setItem('kinward.setting.intervalS', JSON.stringify(s))
  }, [method, intervalS])
}

/** The composer and its button. */
export const box = (page) => page.getByRole('textbox', { name: /^Write/ })
export const send = (page) => page.getByRole('button', { name: 'Send', exact: true })

/** Writes and sends as a person does. */
export async function say(page, text) {
  await box(page).fill(text)
  await send(page).click()
}

/** The texts of the transcript as they stand, oldest first, with their numbers (undefined: not sent yet). */
export function rows(page) {
  return page.getByRole('log').locator('li[data-key]').evaluateAll((all) => all.map((li) => ({
    seq: li.dataset.seq && Number(li.dataset.seq), key: li.dataset.key, text: li.textContent,
  })))
}
