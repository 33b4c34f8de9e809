import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as account from '../src/core/account'
import { Api, ApiError } from '../src/core/api'
import { Identity, type Channel } from '../src/core/identity'
import { FakeClock } from './fakes/clock'
import { json, problem } from './fakes/server'

const person = { id: 'ana', kind: 'family', name: 'Ana' }

function answering(answer: Response | (() => Promise<Response>)) {
  const asked: { url: string; init: RequestInit }[] = []
  const api = new Api({
    fetch: async (url, init = {}) => {
      asked.push({ url: String(url), init })
      return typeof answer === 'function' ? answer() : answer
    },
  })
  return { api, asked }
}

async function failing(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call
  } catch (e) {
    assert.ok(e instanceof ApiError)
    return e
  }
  throw new Error('the call succeeded')
}

describe('Api', () => {
  it('asks its own origin with the cookie, and leaves out what is not given', async () => {
    const { api, asked } = answering(json({ messages: [], more: false }))
    await api.messages('c 1', { before: 12 })
    assert.equal(asked[0]?.url, '/api/v1/conversations/c 1/messages?before=12')
    assert.equal(asked[0]?.init.credentials, 'same-origin')
    assert.equal(asked[0]?.init.redirect, 'error')
  })

  it('sends JSON and reads what is wrapped', async () => {
    const message = { conversation: 'c', seq: 1, id: 'm', sender: 'ana', kind: 'text', created_at: '', version: 1 }
    const { api, asked } = answering(json({ message }, 201))
    assert.deepEqual(await api.send('c', { id: 'm', text: 'é' }), message)
    assert.equal(asked[0]?.init.body, '{"id":"m","text":"é"}')
  })

  it('tells a refusal with its field and Retry-After', async () => {
    const { api } = answering(problem(429, 'too_many', { 'Retry-After': '3' }))
    const e = await failing(api.conversations())
    assert.deepEqual([e.status, e.code, e.detail, e.retryAfterS, e.transient], [429, 'too_many', 'why', 3, true])
  })

  it('takes no other page for an answer', async () => {
    const portal = new Response('<html>Welcome to our Wi-Fi</html>', { headers: { 'Content-Type': 'text/html' } })
    const half = new Response('{', { headers: { 'Content-Type': 'application/json' } })
    for (const answer of [portal, new Response('<html>', { status: 403 }), half]) {
      const e = await failing(answering(answer).api.conversations())
      assert.deepEqual([e.status, e.code, e.transient], [0, 'unreachable', true])
    }
    const e = await failing(answering(new Response('Bad Gateway', { status: 502 })).api.conversations())
    assert.deepEqual([e.status, e.transient], [502, true])
  })

  it('gives up after its time limit, also in the middle of an answer', async () => {
    const clock = new FakeClock()
    const hangs: typeof fetch = (_, init) => new Promise((_, no) => {
      init?.signal?.addEventListener('abort', () => no(new Error('aborted')))
    })
    const half: typeof fetch = async (_, init) => new Response(new ReadableStream({
      start: (to) => init?.signal?.addEventListener('abort', () => to.error(new Error('aborted'))),
    }), { headers: { 'Content-Type': 'application/json' } })
    for (const fetch of [hangs, half]) {
      const failed = failing(new Api({ fetch, clock }).me())
      await clock.pass(15_000)
      assert.equal((await failed).code, 'unreachable')
    }
    const held = failing(new Api({ fetch: hangs, clock }).feed('e.1', { wait: 25 }))
    await clock.pass(39_999)
    assert.equal(clock.timers, 1)
    await clock.pass(1)
    assert.equal((await held).code, 'unreachable')
    assert.equal(clock.timers, 0)
  })

  it('calls onUnauthenticated for that code only', async () => {
    for (const [code, times] of [['unauthenticated', 1], ['sign_in_failed', 0]] as const) {
      const { api } = answering(problem(401, code))
      let called = 0
      api.onUnauthenticated = () => called++
      await failing(api.conversations())
      assert.equal(called, times)
    }
  })

  it('signing out of a session that is over already succeeds', async () => {
    await answering(problem(401, 'unauthenticated')).api.signOut()
  })
})

describe('Identity (P-11)', () => {
  /** Two tabs of one browser. */
  function browser(storage = true) {
    const stored = new Map<string, string>()
    const channels = new Set<Channel>()
    const open = (): Channel => {
      const me: Channel = {
        onmessage: null,
        postMessage: (data) => channels.forEach((c) => c !== me && c.onmessage?.({ data } as MessageEvent)),
        close: () => channels.delete(me),
      }
      channels.add(me)
      return me
    }
    const keep = { getItem: (k: string) => stored.get(k) ?? null, setItem: (k: string, v: string) => void stored.set(k, v) }
    return () => new Identity({ storage: storage ? keep : undefined, channel: open })
  }

  for (const storage of [true, false]) {
    it(`another person who signs in ends what this tab does, ${storage ? 'with' : 'without'} a storage`, async () => {
      const tab = browser(storage)
      const [first, second] = [tab(), tab()]
      first.resumed('ana')
      assert.ok(first.valid())
      second.signedIn('bruno')
      assert.ok(first.lost.value)
      let out = 0
      const asked: string[] = []
      const api = new Api({ identity: first, fetch: async (url) => (asked.push(String(url)), json({})) })
      api.onUnauthenticated = () => out++
      assert.equal((await failing(api.send('c', { id: 'm', text: 'for Ana’s doctor' }))).code, 'unauthenticated')
      assert.deepEqual([asked, out], [[], 1], 'nothing goes out in the other one’s name')
    })

    it(`signing out in one tab is signing out in all, ${storage ? 'with' : 'without'} a storage`, () => {
      const tab = browser(storage)
      const [first, second] = [tab(), tab()]
      first.signedIn('ana')
      second.resumed('ana')
      assert.equal(second.epoch, first.epoch, 'it is the same sign-in')
      first.signedOut()
      assert.ok(second.lost.value)
      assert.ok(!first.lost.value)
      second.signedIn('ana')
      assert.ok(!second.lost.value)
    })
  }

  it('the same person may sign in anew', () => {
    const tab = browser()
    const [first, second] = [tab(), tab()]
    first.signedIn('ana')
    second.signedIn('ana')
    assert.ok(first.valid())
    assert.equal(first.epoch, second.epoch)
  })

  it('drops an answer that came after somebody else signed in', async () => {
    const tab = browser()
    const [first, second] = [tab(), tab()]
    first.resumed('ana')
    const fetch = async () => (second.signedIn('bruno'), json({ conversations: [], cursor: 'e.1' }))
    const api = new Api({ identity: first, fetch })
    assert.equal((await failing(api.conversations())).code, 'unauthenticated')
  })

  it('expects somebody only where somebody has signed in and not out', () => {
    const tab = browser()
    const [first, second] = [tab(), tab()]
    assert.ok(!first.expected())
    second.signedIn('ana')
    assert.equal(first.expected(), 'ana')
    second.signedOut()
    assert.ok(!first.expected())
  })

  it('needs neither storage nor channel', () => {
    const identity = new Identity()
    identity.signedIn('ana')
    assert.ok(identity.valid())
  })
})
