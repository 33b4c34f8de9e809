// WebKitGTK, driven by W3C WebDriver over plain HTTP, on a screen that nobody sees.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { listener } from './listener.mjs'
import { Page } from './page.mjs'

async function freePort() {
  const s = createServer()
  await new Promise((done) => s.listen(0, '127.0.0.1', done))
  const { port } = s.address()
  await new Promise((done) => s.close(done))
  return port
}

/** Starts a screen; gives its name. */
async function screen() {
  const args = ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp']
  const child = spawn(process.env.XVFB, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const number = await new Promise((done, fail) => {
    child.stdout.once('data', (b) => done(String(b).trim()))
    child.once('close', (code) => fail(new Error(`Xvfb ended with ${code}`)))
  })
  return { child, name: `:${number}` }
}

/**
 * Starts the driver for pages of a server. Gives the version, the server's url to use, page({ width, height }), which opens a
 * browser for one page, one at a time, and close.
 */
export async function launch(server) {
  const { child: xvfb, name } = await screen()
  const port = await freePort()
  // There is no session bus and no graphics card; asking for them only takes time.
  const quiet = { NO_AT_BRIDGE: '1', LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1' }
  const env = { ...process.env, ...quiet, DISPLAY: name, GDK_BACKEND: 'x11', LANG: 'C.UTF-8' }
  const driver = spawn(process.env.WEBKIT_DRIVER, [`--port=${port}`], { env, stdio: 'ignore' })
  process.once('exit', () => [driver, xvfb].forEach((p) => p.kill())) // also where a check dies without closing
  const ears = await listener(server)
  const browser = { url: `http://127.0.0.1:${port}`, faults: ears.faults, version: '' }
  await ready(browser.url)
  const probe = await open(browser, { width: 800, height: 600 })
  await probe.close()
  return {
    version: browser.version,
    url: ears.url,
    page: (size) => open(browser, size),
    close: () => {
      ears.close()
      for (const p of [driver, xvfb]) p.kill()
    },
  }
}

async function ready(url) {
  for (let i = 0; i < 100; i++) {
    if (await fetch(`${url}/status`).then((r) => r.ok, () => false)) return
    await new Promise((next) => setTimeout(next, 50))
  }
  throw new Error('WebKitWebDriver does not answer')
}

async function ask(url, method, path, body) {
  const r = await fetch(url + path, { method, ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }) })
  const { value } = await r.json()
  if (!r.ok) throw new Error(`${method} ${path.replace(/^\/session\/[^/]*/, '')}: ${value.error}: ${value.message}`)
  return value
}

async function open(browser, { width, height }) {
  const options = { binary: process.env.MINIBROWSER, args: ['--automation'] }
  const wanted = { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } }
  const { sessionId, capabilities } = await ask(browser.url, 'POST', '/session', wanted)
  browser.version = `${capabilities.browserName} ${capabilities.browserVersion}`
  const driver = new Driver(browser, sessionId)
  await driver.size(width, height)
  return new Page(driver)
}

class Driver {
  #before

  constructor(browser, session) {
    Object.assign(this, { browser, session })
    this.#before = browser.faults.length
  }

  get faults() {
    return this.browser.faults.slice(this.#before)
  }

  #ask(method, path, body) {
    return ask(this.browser.url, method, `/session/${this.session}${path}`, body)
  }

  /** The window is so much larger than the page in it as its frame and bars are. */
  async size(width, height) {
    await this.#ask('POST', '/window/rect', { width, height })
    const inner = await this.call('() => [innerWidth, innerHeight]', [])
    await this.#ask('POST', '/window/rect', { width: 2 * width - inner[0], height: 2 * height - inner[1] })
  }

  goto(url) {
    return this.#ask('POST', '/url', { url })
  }

  reload() {
    return this.#ask('POST', '/refresh')
  }

  async call(source, args) {
    const script = `const done = arguments[1]
      Promise.resolve(JSON.parse(arguments[0])).then((args) => (${source})(...args))
        .then((value) => done(JSON.stringify({ value })), (e) => done(JSON.stringify({ error: String(e) })))`
    const { value, error } = JSON.parse(await this.#ask('POST', '/execute/async', { script, args: [JSON.stringify(args)] }))
    if (error) throw new Error(error)
    return value
  }

  act(actions) {
    return this.#ask('POST', '/actions', { actions })
  }

  screenshot() {
    return this.#ask('GET', '/screenshot')
  }

  close() {
    return this.#ask('DELETE', '')
  }
}
