// What there was to be seen when a test failed, told in its output: a failure on a machine that nobody can look at has to be
// understood from its text. Imported by the helpers that every spec uses.
import { afterEach, beforeEach } from 'node:test'
import { picture } from './page.mjs'

/** Everything that has contexts: browsers, and contexts that are a browser of their own. */
const browsers = new Set()
const servers = new Set()

export function tellOfBrowser(browser) {
  browsers.add(browser)
  return browser
}

export function tellOfServer(server) {
  servers.add(server)
}

export function forgetServer(server) {
  servers.delete(server)
}

const contexts = () => [...browsers].flatMap((b) => b.contexts?.() ?? [b])

let before = []
let count = 0

if (process.env.NODE_TEST_CONTEXT) { // there are scripts that use the same helpers
  beforeEach(() => { before = contexts() })
  afterEach(async (t) => {
    const mine = contexts().filter((c) => !before.includes(c))
    if (t.passed !== false) return
    await tell(t, mine).catch((e) => console.log(e))
    for (const server of servers) await server.revive()
    await Promise.all(mine.map((c) => c.close().catch(() => undefined))) // what a failed test leaves must not slow the next one
  })
}

async function tell(t, open) {
  const lines = [`What there was to be seen when "${t.name}" failed:`]
  for (const page of (open.length > 0 ? open : before).flatMap((c) => c.pages())) lines.push(...(await seen(page, t.name)))
  for (const server of servers) lines.push(`server ${server.url}, its last words:`, ...server.log().map((l) => `  ${l}`))
  console.log(lines.join('\n'))
}

async function seen(page, name) {
  const soon = { timeout: 5000 }
  const file = `failed-${name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60)}-${process.pid}-${++count}`
  const [at, tree, kept] = await Promise.all([
    within(page.evaluate(state), soon.timeout),
    page.locator('body').ariaSnapshot(soon).catch((e) => e.message),
    picture(page, file, soon).then(() => `web/.e2e/${file}.png`, (e) => e.message),
  ])
  return [`page ${page.url()}`, `  picture: ${kept}`, `  state: ${JSON.stringify(at)}`, `  faults: ${JSON.stringify(page.faults ?? [])}`,
    ...String(tree).slice(0, 6000).split('\n').map((l) => `  | ${l}`)]
}

const within = (promise, ms) => Promise.race([
  promise.catch((e) => e.message), new Promise((done) => { setTimeout(() => done('no answer'), ms).unref() }),
])

// Runs in the page.
function state() {
  const of = (e) => e && `${e.tagName.toLowerCase()} ${e.getAttribute('aria-label') ?? e.textContent.slice(0, 60)}`
  const scroller = document.querySelector('[role=log]')?.parentElement
  const seqs = [...document.querySelectorAll('[role=log] li[data-key]')].map((li) => li.dataset.seq ?? 'unsent')
  return {
    title: document.title, focus: of(document.activeElement), window: `${innerWidth} × ${innerHeight}`, visible: document.visibilityState,
    online: navigator.onLine, ready: document.readyState, sinceLoad: `${Math.round(performance.now())} ms`,
    ...(scroller && { log: { rows: seqs.length, first: seqs[0], last: seqs.at(-1), top: scroller.scrollTop, of: scroller.scrollHeight, shown: scroller.clientHeight } }),
  }
}
