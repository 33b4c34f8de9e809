// Kinward's page in the frame of <kinward-chat>, on a page of another system of the hospital. That page hands over a token that
// its site has signed; the session that comes of it is held in memory, since browsers keep cookies from frames. Its own site,
// and no other, may say anything here.

import { Api, ApiError } from '../core/api'
import { realClock } from '../core/clock'
import type { Kinward } from '../core/kinward'
import { Line } from '../core/line'
import { localKeep, MemoryKeep } from '../core/local'
import { Settings, type Theme } from '../core/settings'
import { browserSocket } from '../core/transports/websocket'
import type { Embedded, EmbedPatient, EmbedRenewed } from '../core/wire.gen'
import { languages, type Language } from '../core/i18n'
import { foresee, type AppProps } from '../routes/app'
import { Session } from '../routes/session'
import { computed, effect, signal } from '../ui/signals'
import { watchSurroundings } from '../ui/surroundings'
import { Door } from './door'
import { prefixed } from './keep'
import { memoryAddress } from './address'
import { VERSION, type Said, type Told, type Worded } from './words'

const MARGIN_S = 60 // before the session's end the site is asked for a fresh token
const AGAIN_MS = 15_000

/** Waits for the page around this one to say who uses it, and draws the page then. */
export function begin(draw: (page: AppProps) => Promise<void>): void {
  const frame = new Frame(draw)
  if (parent === self) void frame.draw() // somebody has opened the frame's address by itself
  else frame.listen()
}

class Frame {
  readonly #draw: (page: AppProps) => Promise<void>
  readonly #settings = new Settings(prefixed(localKeep(), 'kinward.embed.'))
  readonly #address = memoryAddress((path) => this.#went(path))
  readonly #api = new Api({ fetch: (url, init) => this.#fetch(url, init) })
  readonly #session: Session
  #site: string | undefined // the origin of the page around this one, from its first word on
  #token = '' // of the session here
  #work: Promise<unknown> = Promise.resolve() // one word at a time, in order
  #drawn = false
  #asked = false // for a token in the place of one that was no good
  #cancelTimer: (() => void) | undefined

  constructor(draw: (page: AppProps) => Promise<void>) {
    this.#draw = draw
    this.#session = new Session({
      api: this.#api, settings: this.#settings, keep: new MemoryKeep(), code: undefined, foresee, address: this.#address, locks: false,
      surroundings: surroundingsOfFrame(),
      tabs: { locks: undefined, channel: undefined, line: (o) => new Line({ ...o, socket: (path, protocol) => this.#socket(path, protocol) }) },
    })
    effect(() => this.#tell())
  }

  listen(): void {
    addEventListener('message', (e: MessageEvent<unknown>) => {
      if (e.source !== parent || !worded(e.data)) return
      this.#site ??= e.origin // the policy of this page lets none but the hospital's sites frame it
      if (e.origin !== this.#site) return
      const told = e.data
      this.#work = this.#work.then(() => this.#do(told)).catch((e: unknown) => this.#fail(e))
    })
    parent.postMessage({ kinward: VERSION, is: 'hello' } satisfies Worded<Said>, '*')
  }

  async draw(): Promise<void> {
    if (this.#drawn) return this.#session.start()
    this.#drawn = true
    await this.#draw({ session: this.#session, door: Door })
  }

  async #do(told: Told): Promise<void> {
    switch (told.is) {
      case 'start':
        this.#look(told.lang, told.theme)
        await this.#enter(told.token)
        return this.#named(told.patient)
      case 'token': return this.#renew(told.token)
      case 'look': return this.#look(told.lang, told.theme)
      case 'show': return this.#named(told.patient)
    }
  }

  async #named(number: string | undefined): Promise<void> {
    if (!number) return
    const { patient } = await this.#api.json<EmbedPatient>('/embed/patients', { query: { number } })
    this.#show(patient.id)
  }

  #look(lang: string | undefined, theme: string | undefined): void {
    if (languages.some((l) => l.code === lang)) this.#settings.language.value = lang as Language
    if (theme === 'light' || theme === 'dark' || theme === 'system') this.#settings.theme.value = theme satisfies Theme
  }

  async #enter(token: string): Promise<void> {
    let got: Embedded
    try {
      got = await this.#ask<Embedded>('POST', '', token)
    } catch (e) {
      await this.draw()
      throw e
    }
    this.#token = got.token
    this.#asked = false
    this.#until(got.expires_in)
    if (got.patient && got.person.kind === 'staff') this.#address.go(`/patients/${got.patient.id}`, true)
    await this.draw()
    if (got.patient) this.#show(got.patient.id)
  }

  /** Stays who is here; a token that is another person's, or comes too late, begins anew. */
  async #renew(token: string): Promise<void> {
    if (!this.#token) return this.#enter(token)
    try {
      this.#until((await this.#ask<EmbedRenewed>('PUT', '/current', token)).expires_in)
    } catch (e) {
      if (!(e instanceof ApiError) || (e.status !== 403 && e.code !== 'unauthenticated')) throw e
      await this.#enter(token)
    }
  }

  #ask<T>(method: string, path: string, token: string): Promise<T> {
    return this.#api.json<T>(`/embed/sessions${path}`, { method, body: { token }, open: true })
  }

  /** The session lives for so many seconds from now. */
  #until(s: number): void {
    this.#later(Math.max(s - MARGIN_S, s / 2) * 1000)
  }

  #later(ms: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = realClock.after(ms, () => {
      this.#say({ is: 'renew' })
      this.#later(AGAIN_MS)
    })
  }

  /** Goes to a patient: staff to their page, relatives to their conversation. */
  #show(patient: string): void {
    const kinward = this.#kinward
    if (!kinward) return
    const talk = kinward.store.talks.peek().find((t) => t.details.peek().patient?.id === patient)
    if (kinward.me.kind === 'staff') this.#address.to(`/patients/${patient}`)
    else if (talk) this.#address.to(`/c/${talk.id}`)
  }

  get #kinward(): Kinward | undefined {
    const stage = this.#session.stage.peek()
    return stage.is === 'in' ? stage.kinward : undefined
  }

  /** Keeps the page around this one in the know. Returns how to end that, where it goes on. */
  #tell(): (() => void) | void {
    const stage = this.#session.stage.value
    if (stage.is === 'in') {
      this.#say({ is: 'ready' })
      return effect(() => this.#say({ is: 'unread', count: stage.kinward.store.unread.value }))
    }
    if (stage.is === 'entry' && this.#token) {
      this.#token = ''
      this.#say({ is: 'over' })
      this.#cancelTimer?.()
      if (stage.notice !== 'left') this.#say({ is: 'renew' }) // a device that slept comes too late
    }
  }

  #went(path: string): void {
    const [, page, id] = /^\/(c|patients)\/([^/?]+)/.exec(path) ?? []
    if (!id) return this.#say({ is: 'open' })
    this.#say(page === 'c' ? { is: 'open', conversation: id } : { is: 'open', patient: id })
  }

  #fail(e: unknown): void {
    if (!(e instanceof ApiError)) throw e
    this.#say({ is: 'error', code: e.code, detail: e.detail })
    if (e.transient) this.#later(AGAIN_MS)
    if (e.code !== 'sign_in_failed' || this.#asked) return
    this.#asked = true // a page that the browser has kept holds a token that was used
    this.#say({ is: 'renew' })
  }

  #say(said: Said): void {
    if (this.#site) parent.postMessage({ kinward: VERSION, ...said } satisfies Worded<Said>, this.#site)
  }

  #fetch(url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), ...(this.#token && { Authorization: `Bearer ${this.#token}` }) }
    return fetch(url, { ...init, headers, credentials: 'omit' })
  }

  #socket(path: string, protocol: string): WebSocket {
    const socket = browserSocket(`${path}&auth=frame`, protocol)
    const cursor = new URL(path, location.href).searchParams.get('cursor') ?? ''
    socket.addEventListener('open', () => socket.send(JSON.stringify({ op: 'auth', token: this.#token, cursor })))
    return socket
  }
}

function worded(data: unknown): data is Worded<Told> {
  return typeof data === 'object' && data !== null && (data as Partial<Worded<Told>>).kinward === VERSION
}

/** Whether it is looked at: nothing counts as read in a frame that is closed or scrolled away. */
function surroundingsOfFrame() {
  const { visible, online } = watchSurroundings()
  const shown = signal(false)
  new IntersectionObserver((all) => { shown.value = all.some((e) => e.isIntersecting) }).observe(document.documentElement)
  return { visible: computed(() => visible.value && shown.value), online }
}
