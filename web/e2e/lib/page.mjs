// What the specs share about pages: contexts, axe, layout checks.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import assert from 'node:assert/strict'
import { join } from 'node:path'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Opens a page as one device has it. { phone } is a touch device of 360 px; { clock } lets `stopTime` stop its time. */
export async function device(browser, { phone = false, clock = false, width = phone ? 360 : 1280, height = phone ? 740 : 800, dark = false, language = 'en', ...more } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', locale: language, hasTouch: phone, isMobile: phone, ...more,
  })
  context.setDefaultTimeout(patienceMs)
  const page = await context.newPage()
  if (clock) await page.clock.install()
  page.faults = []
  page.on('pageerror', (e) => page.faults.push(e.message))
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(m.text())) page.faults.push(m.text())
  })
  return page
}

/** How long anything is waited for: a machine that is busy with other things is slow, not wrong. */
export const patienceMs = 45_000

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Fails on any axe violation, naming rule and element, by all rules { except } those, or { only } by those. */
export async function axe(page, what = page.url(), { except = [], only } = {}) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource)
  const runOnly = only ? { type: 'rule', values: only } : { type: 'tag', values: rules }
  const found = await page.evaluate(([runOnly, off]) => globalThis.axe.run(document, {
    runOnly, resultTypes: ['violations'],
    rules: Object.fromEntries(off.map((id) => [id, { enabled: false }])),
  }).then((r) => r.violations.map(({ id, nodes }) => {
    const where = nodes.slice(0, 3).map((n) => `${n.target.join(' ')} — ${n.failureSummary}`)
    return `${id}: ${where.join('\n   ')}`
  })), [runOnly, except])
  assert.deepEqual(found, [], `axe on ${what}`)
}

/** Gives the page another width, and waits until it has drawn itself anew. */
export async function resize(page, width, height = 740) {
  await page.setViewportSize({ width, height })
  await page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)) }))
}

/** B-43: nothing sticks out sideways, of the window or of any part that scrolls, whatever fonts the machine has. */
export async function noSidewaysScroll(page, what) {
  const over = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('body, body *')]
    .filter((e) => e === document.documentElement || /auto|scroll/.test(getComputedStyle(e).overflowX))
    .filter((e) => e.clientWidth > 1 && e.scrollWidth > e.clientWidth && !e.closest('textarea, input, select, table'))
    .map((e) => `${e.tagName.toLowerCase()}.${e.className}: ${e.scrollWidth - e.clientWidth} px wider than its ${e.clientWidth}`))
  assert.deepEqual(over, [], what)
}

/** Polls until check gives something true; the failure shows what it gave last. */
export async function until(check, what, ms = patienceMs, everyMs = 25) {
  const end = Date.now() + ms
  for (;;) {
    const got = await check()
    if (got) return got
    if (Date.now() > end) assert.fail(`waited for ${what}; last: ${JSON.stringify(got)}`)
    await new Promise((next) => setTimeout(next, everyMs))
  }
}

/** Waits until a part of the client that the page fetches by itself, as 'tell' is of ui/alerts/tell.tsx, has been run and drawn. */
export async function fetched(page, part) {
  await page.evaluate(() => { // stopped time stops `performance`, but no observer
    const urls = globalThis.urls = []
    new PerformanceObserver((list) => urls.push(...list.getEntries().map((e) => e.name))).observe({ type: 'resource', buffered: true })
  })
  const url = await until(() => page.evaluate((name) => globalThis.urls.find((u) => u.includes(`/assets/${name}-`)), part), part)
  await page.evaluate(async (part) => {
    await import(part) // the page asked for it before, so it has it before
    for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
  }, url)
}

/**
 * Stops the time of a page that was opened with { clock }: what takes seconds then takes `page.clock.runFor`, on a busy machine
 * too, and nothing can happen too early or too late.
 */
export async function stopTime(page) {
  for (;;) {
    const now = await page.evaluate(() => Date.now())
    try {
      return await page.clock.pauseAt(now + 500)
    } catch (e) {
      if (!/past/.test(e.message)) throw e // it took longer than that to get there
    }
  }
}

/** Lets the page's stopped time go on, step by step, until check gives something true: what comes from the server takes real time. */
export function passing(page, check, what, stepMs = 50) {
  return until(async () => {
    const got = await check()
    if (!got) await page.clock.runFor(stepMs)
    return got
  }, what)
}

/** A picture for a person to look at, in the folder of the run. */
export function picture(page, name, how) {
  return page.screenshot({ path: join(process.env.KINWARD_OUT ?? '.', `${name}.png`), ...how })
}
