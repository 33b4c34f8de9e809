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

// There is no session bus and no graphics card; asking for them only takes time.
const quiet = { NO_AT_BRIDGE: '1', LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1', GDK_BACKEND: 'x11', LANG: 'C.UTF-8' }

// What is to end with us, also where a check dies without closing.
const started = new Set()
process.once('exit', () => started.forEach((p) => p.kill()))

/**
 * Makes ready for pages of a server. Gives the version, the server's url to use, page({ width, height }), which opens a
 * browser for one page, and close.
 */
export async function launch(server) {
  const { child, name } = await screen()
  const ears = await listener(server)
  const how = { env: { ...process.env, ...quiet, DISPLAY: name }, faults: ears.faults }
  started.add(child)
  const first = await open(how, { width: 800, height: 600 })
  await first.close()
  return {
    version: first.driver.version,
    url: ears.url,
    page: (size) => open(how, size),
    close: () => {
      ears.close()
      child.kill()
    },
  }
}

/** Each page has a driver of its own too: one that had begun and ended several browsers was seen to wait for the next without end. */
async function open(how, { width, height }, tries = 2) {
  const port = await freePort()
  const program = spawn(process.env.WEBKIT_DRIVER, [`--port=${port}`], { env: how.env, stdio: 'ignore' })
  started.add(program)
  const url = `http://127.0.0.1:${port}`
  const options = { binary: process.env.MINIBROWSER, args: ['--automation'] }
  try {
    await ready(url)
    const session = await ask(url, 'POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } })
    const driver = new Driver(program, url, session, how.faults)
    await driver.size(width, height)
    return new Page(driver)
  } catch (why) {
    program.kill()
    if (tries === 1) throw why
    return open(how, { width, height }, tries - 1)
  }
}

async function ready(url) {
  for (let i = 0; i < 200; i++) {
    if (await fetch(`${url}/status`).then((r) => r.ok, () => false)) return
    await new Promise((next) => setTimeout(next, 50))
  }
  throw new Error('WebKitWebDriver does not answer')
}

async function ask(url, method, path, body) {
  const signal = AbortSignal.timeout(30000)
  const r = await fetch(url + path, { method, signal, ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }) })
  const { value } = await r.json()
  if (!r.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`)
  return value
}

class Driver {
  #all
  #before

  constructor(program, url, { sessionId, capabilities }, faults) {
    this.program = program
    this.url = `${url}/session/${sessionId}`
    this.version = `${capabilities.browserName} ${capabilities.browserVersion}`
    this.#all = faults
    this.#before = faults.length
  }

  get faults() {
    return this.#all.slice(this.#before)
  }

  #ask(method, path, body) {
    return ask(this.url, method, path, body)
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

  async close() {
    await this.#ask('DELETE', '').catch(() => undefined)
    this.program.kill()
  }
}
