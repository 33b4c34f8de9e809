// Firefox, driven by WebDriver BiDi: JSON over one WebSocket.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Page } from './page.mjs'

// A light device that speaks English; without the rest, Firefox talks to its maker in the background.
const settings = {
  'layout.css.prefers-color-scheme.content-override': 1, 'intl.accept_languages': 'en',
  'app.update.enabled': false, 'app.normandy.enabled': false, 'browser.shell.checkDefaultBrowser': false,
  'browser.safebrowsing.malware.enabled': false, 'browser.safebrowsing.phishing.enabled': false,
  'browser.region.update.enabled': false, 'browser.search.update': false,
  'datareporting.policy.dataSubmissionEnabled': false, 'toolkit.telemetry.enabled': false, 'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
}

/** Starts Firefox for pages of a server. Gives its version, the server's url to use, page({ width, height }), which opens a page, and close. */
export async function launch(server) {
  const profile = await mkdtemp(join(tmpdir(), 'kinward-firefox-'))
  const lines = Object.entries(settings).map((setting) => `user_pref(${setting.map((part) => JSON.stringify(part)).join(', ')});\n`)
  await writeFile(join(profile, 'user.js'), lines.join(''))
  const child = spawn(process.env.FIREFOX, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
    { env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' }, stdio: ['ignore', 'ignore', 'pipe'] })
  process.once('exit', () => child.kill()) // also where a check dies without closing
  const ended = new Promise((done) => child.once('close', done))
  const address = await new Promise((done, fail) => {
    let said = ''
    child.stderr.on('data', (b) => {
      said += b
      const found = said.match(/WebDriver BiDi listening on (ws:\S+)/)
      if (found) done(found[1])
    })
    ended.then((code) => fail(new Error(`Firefox ended with ${code}: ${said}`)))
  })
  const line = await Line.open(`${address}/session`)
  const { capabilities } = await line.ask('session.new', { capabilities: {} })
  await line.ask('session.subscribe', { events: ['log.entryAdded'] })
  const close = async () => {
    await line.ask('browser.close')
    await ended
    await rm(profile, { recursive: true, force: true })
  }
  return { version: `${capabilities.browserName} ${capabilities.browserVersion}`, url: server, page: (size) => open(line, size), close }
}

/** One page with storage of its own. */
async function open(line, size) {
  const { userContext } = await line.ask('browser.createUserContext')
  const { context } = await line.ask('browsingContext.create', { type: 'tab', userContext })
  await line.ask('browsingContext.setViewport', { context, viewport: size })
  return new Page(new Driver(line, context, userContext))
}

class Driver {
  faults = []

  constructor(line, context, userContext) {
    Object.assign(this, { line, context, userContext })
    line.listeners.push(({ method, params }) => {
      if (method === 'log.entryAdded' && params.level === 'error' && params.source?.context === context) this.faults.push(params.text)
    })
  }

  goto(url) {
    return this.line.ask('browsingContext.navigate', { context: this.context, url, wait: 'complete' })
  }

  reload() {
    return this.line.ask('browsingContext.reload', { context: this.context, wait: 'complete' })
  }

  /** Calls a function, given as its source, in the page. What goes in and out is JSON. */
  async call(source, args) {
    const { type, result, exceptionDetails } = await this.line.ask('script.callFunction', {
      functionDeclaration: `async (args) => JSON.stringify(await (${source})(...JSON.parse(args)))`, awaitPromise: true,
      target: { context: this.context }, arguments: [{ type: 'string', value: JSON.stringify(args) }],
    })
    if (type === 'exception') throw new Error(exceptionDetails.text)
    return result.type === 'string' ? JSON.parse(result.value) : undefined
  }

  act(actions) {
    return this.line.ask('input.performActions', { context: this.context, actions })
  }

  async screenshot() {
    return (await this.line.ask('browsingContext.captureScreenshot', { context: this.context })).data
  }

  close() {
    return this.line.ask('browser.removeUserContext', { userContext: this.userContext })
  }
}

/** Commands and their answers, by number; what comes without a number is an event. */
class Line {
  listeners = []
  #waiting = new Map()
  #next = 1

  static async open(url) {
    const line = new Line()
    line.socket = new WebSocket(url)
    await new Promise((done, fail) => {
      line.socket.onopen = done
      line.socket.onerror = () => fail(new Error(`no answer at ${url}`))
    })
    line.socket.onmessage = ({ data }) => line.#heard(JSON.parse(data))
    return line
  }

  ask(method, params = {}) {
    const id = this.#next++
    this.socket.send(JSON.stringify({ id, method, params }))
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail, method })
      setTimeout(() => fail(new Error(`${method}: no answer`)), 30000).unref()
    })
  }

  #heard(message) {
    if (message.type === 'event') return this.listeners.forEach((tell) => tell(message))
    const { done, fail, method } = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.type === 'success') done(message.result)
    else fail(new Error(`${method}: ${message.error}: ${message.message}`))
  }
}
