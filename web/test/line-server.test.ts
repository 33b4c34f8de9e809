import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { signal } from '@preact/signals-core'
import * as account from '../src/core/account'
import { Api } from '../src/core/api'
import * as colleagues from '../src/core/colleagues'
import { uuidv7 } from '../src/core/id'
import { Line, type Choice } from '../src/core/line'
import type { Conversation } from '../src/core/wire.gen'

/** The path of a built server: `KINWARD_BIN=… npm run unit -- line-server`. Without it these tests are left out. */
const binary = process.env['KINWARD_BIN']

describe('Line against the server', { skip: !binary && 'KINWARD_BIN is not set' }, () => {
  const stops: (() => void)[] = []
  let base = ''

  before(async () => {
    const data = mkdtempSync(join(tmpdir(), 'kinward-line-'))
    const listen = `127.0.0.1:${await freePort()}`
    const flags = ['--registration', 'open', '--data', data, '--listen', listen]
    const server = spawn(binary ?? '', ['serve', ...flags], { stdio: 'ignore' })
    stops.push(() => rmSync(data, { recursive: true, force: true }), () => server.kill())
    base = `http://${listen}/api/v1`
    for (let tries = 0; tries < 100 && !(await fetch(`${base}/healthz`).catch(() => undefined))?.ok; tries++) {
      await new Promise((turn) => setTimeout(turn, 100))
    }
  })
  after(() => stops.reverse().forEach((stop) => stop()))

  it('brings each of 300 messages once, while the method changes all the time', async () => {
    const [ana, bruno] = [await person('Ana'), await person('Bruno')]
    const talk = await colleagues.open(bruno.api, { kind: 'direct', with: ana.id })
    const choice = signal<Choice>('poll')
    const seqs: number[] = []
    const line = new Line({
      api: ana.api, person: ana.id, surroundings: { visible: signal(true), online: signal(true) }, choice, intervalS: signal(1),
      apply: (changes) => changes.forEach((c) => c.message && seqs.push(c.message.seq)),
      reset: () => undefined,
    })
    stops.push(() => line.close())
    line.start()
    await until(() => line.state.value.is === 'live')
    for (let i = 0; i < 300; i++) {
      await bruno.api.send(talk.id, { id: uuidv7(), text: `message ${i}` })
      if (i % 5 === 0) line.choose((['sse', 'long-poll', 'poll'] as const)[(i / 5) % 3] ?? 'poll')
    }
    await until(() => seqs.length >= 300)
    assert.deepEqual(seqs, Array.from({ length: 300 }, (_, i) => i + 1))
    await until(async () => {
      const { conversation: { members } } = await bruno.api.json<{ conversation: Conversation }>(`/conversations/${talk.id}`)
      return members.some((m) => m.person.id === ana.id && m.delivered === 300)
    })
    const results = await line.test(() => undefined)
    assert.deepEqual(results.filter((r) => r.ok).map((r) => r.method), ['sse', 'long-poll', 'poll'], 'this Node has no WebSocket')
  })

  /** Somebody with an Api that presents their token, since Node keeps no cookies. */
  async function person(name: string): Promise<{ api: Api; id: string }> {
    let token = ''
    const api = new Api({
      base,
      fetch: async (url, init) => {
        const headers = { ...(init?.headers as Record<string, string>), ...(token ? { Authorization: `Bearer ${token}` } : {}) }
        const answer = await fetch(url, { ...init, headers })
        if (!token) token = ((await answer.clone().json()) as { token: string }).token
        return answer
      },
    })
    const { id } = await account.register(api, { name, handle: name.toLowerCase(), password: 'correct horse battery' })
    return { api, id }
  }
})

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await done()) return
    await new Promise((turn) => setTimeout(turn, 50))
  }
  throw new Error('not within 15 s')
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await new Promise((ready) => listener.once('listening', ready))
  const { port } = listener.address() as AddressInfo
  await new Promise((closed) => listener.close(closed))
  return port
}
