// A real Kinward on a fresh database, and people who talk to it over HTTP.
import { spawn, execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { randomUUID } from 'node:crypto'
import { forgetServer, tellOfServer } from './failure.mjs'

const run = promisify(execFile)

async function freePort() {
  const s = createServer()
  await new Promise((done) => s.listen(0, '127.0.0.1', done))
  const { port } = s.address()
  await new Promise((done) => s.close(done))
  return port
}

/**
 * Boots a server. flags are those of `kinward serve`; { demo: true } loads the demo hospital and tells its passwords by handle;
 * { dev: true } takes the development build.
 */
export async function start({ flags = [], demo = false, dev = false } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'kinward-e2e-'))
  const port = await freePort()
  const server = new Server(data, port, [...flags, ...(demo ? ['--demo'] : [])], dev ? process.env.KINWARD_DEV_BIN : process.env.KINWARD_BIN)
  await server.boot()
  tellOfServer(server)
  return server
}

class Server {
  #process
  #ended
  #log = []
  passwords = new Map()

  constructor(data, port, flags, bin) {
    Object.assign(this, { data, port, flags, bin, url: `http://127.0.0.1:${port}` })
  }

  /** Starts the process and waits until it serves. */
  async boot() {
    this.#process = spawn(this.bin, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, '--rate-limits', 'off', ...this.flags])
    this.#ended = new Promise((done) => this.#process.once('close', done))
    let out = ''
    let said = ''
    this.#process.stderr.on('data', (b) => {
      said += b
      this.#log = [...this.#log, ...String(b).split('\n').filter(Boolean)].slice(-10)
    })
    await new Promise((done, fail) => {
      this.#process.stdout.on('data', (b) => {
        out += b
        if (out.includes('Kinward serves on')) done()
      })
      this.#ended.then((code) => fail(new Error(`kinward ended with ${code}: ${said}`)))
    })
    for (const [, handle, password] of out.matchAll(/ {2,}(\S+) {2,}([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})$/gm)) this.passwords.set(handle, password)
  }

  /** Ends the process as a crash would, or in order. */
  async stop(signal = 'SIGTERM') {
    this.#process.kill(signal)
    await this.#ended
  }

  /** Starts it again if it is stopped: a test that fails while it is must not fail all that follow. */
  async revive() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) await this.boot()
  }

  /** The last lines of its log. */
  log() {
    return this.#log
  }

  async close() {
    forgetServer(this)
    await this.stop()
    await rm(this.data, { recursive: true, force: true })
  }

  /** Runs another kinward command on the same data. */
  async command(args, stdin) {
    const child = run(this.bin, [...args, '--data', this.data])
    if (stdin !== undefined) child.child.stdin.end(stdin)
    return (await child).stdout
  }

  /** Makes an account with a password and signs it in. */
  async person(kind, handle, name) {
    const password = 'correct-horse-' + handle
    await this.command(['person', 'add', '--kind', kind, '--handle', handle, '--name', name, '--password-stdin'], password)
    this.passwords.set(handle, password)
    return this.signIn(handle)
  }

  /** A person at the API, beside any browser. */
  async signIn(handle) {
    const { person, token } = await call(this.url, undefined, 'POST', '/sessions', { handle, password: this.passwords.get(handle) })
    return new Person(this.url, person, token)
  }

  /** Registers somebody (open mode). */
  async register(name, handle = name.toLowerCase().replace(/[^a-z0-9]+/g, '.')) {
    const { person, token } = await call(this.url, undefined, 'POST', '/people', { name, handle })
    return new Person(this.url, person, token)
  }
}

async function call(url, token, method, path, body) {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) }
  const r = await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) })
  const text = await r.text()
  if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

export class Person {
  constructor(url, person, token) {
    Object.assign(this, { url, token, ...person })
  }

  call(method, path, body) {
    return call(this.url, this.token, method, path, body)
  }

  async direct(other) {
    return (await this.call('POST', '/conversations', { kind: 'direct', with: other.id })).conversation.id
  }

  /** Sends a message; { reply_to } is the number of one that it answers. */
  async say(conversation, text, more) {
    return (await this.call('POST', `/conversations/${conversation}/messages`, { id: uuidv7(), text, ...more })).message
  }

  /** Has read so far. */
  read(conversation, seq) {
    return this.call('PUT', `/conversations/${conversation}/marks`, { read: seq })
  }

  /** How many messages of a conversation this person has not read. */
  async unread(conversation) {
    return (await this.call('GET', `/conversations/${conversation}`)).conversation.unread
  }

  /** Every message of a conversation, oldest first. */
  async transcript(conversation) {
    const all = []
    for (let after = 0; ;) {
      const { messages, more } = await this.call('GET', `/conversations/${conversation}/messages?after=${after}&limit=200`)
      all.push(...messages)
      if (!more) return all
      after = messages.at(-1).seq
    }
  }

  async patients(query = '') {
    return (await this.call('GET', `/patients?limit=200&query=${encodeURIComponent(query)}`)).patients
  }

  /** Puts this person's session into a browser context, as if they had signed in there. */
  async enter(context) {
    await context.addCookies([{ name: 'kinward', value: this.token, url: this.url, httpOnly: true, sameSite: 'Lax', expires: Date.now() / 1000 + 86400 }])
  }
}

export function uuidv7() {
  const t = Date.now().toString(16).padStart(12, '0')
  return `${t.slice(0, 8)}-${t.slice(8)}-7${randomUUID().slice(15)}`
}
