// embed.js: <kinward-chat>, which shows Kinward in a frame on a page of another system of the hospital. docs/guide/embed.md tells
// how a site uses it. It stands alone and is kept small; everything else comes with the frame.

import { VERSION, type Said, type Told, type Worded } from './words'

const PATIENCE_MS = 20_000
const home = document.currentScript instanceof HTMLScriptElement ? new URL(document.currentScript.src).origin : location.origin

const css = `:host{display:block;block-size:40rem;max-block-size:100dvh}:host([hidden]){display:none}
:host([layout=page]){block-size:100dvh}:host([layout=bubble]){display:contents}
iframe{border:0;inline-size:100%;block-size:100%;display:block;color-scheme:normal}button{display:none}
:host([layout=bubble]) iframe{position:fixed;z-index:2147483646;inset-block-end:5.5rem;inset-inline-end:1rem;inline-size:min(26rem,100vw - 2rem);
block-size:min(42rem,100dvh - 7rem);border-radius:14px;box-shadow:0 8px 32px #0005}iframe[hidden]{display:none!important}
:host([layout=bubble]) button{display:block;position:fixed;z-index:2147483647;inset-block-end:1rem;inset-inline-end:1rem;min-inline-size:3.5rem;
block-size:3.5rem;padding-inline:1.25rem;border:0;border-radius:99px;background:#0b6b63;color:#fff;font:600 1rem system-ui;cursor:pointer;
box-shadow:0 2px 8px #0005}button:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}`

class KinwardChat extends HTMLElement {
  static observedAttributes = ['token', 'patient', 'lang', 'theme', 'layout', 'label']
  #frame = document.createElement('iframe')
  #button = document.createElement('button')
  #site = home
  #started = false
  #unread = 0
  #timer = 0

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
    root.append(this.#frame, this.#button)
    this.#frame.allow = 'clipboard-write'
    this.#button.type = 'button'
    this.#button.onclick = () => (this.#frame.hidden ? this.open() : this.close())
  }

  connectedCallback(): void {
    this.#site = new URL(this.getAttribute('host') || home, location.href).origin
    addEventListener('message', this.#hear)
    this.#frame.src = `${this.#site}/embed`
    this.#frame.hidden = this.#bubble
    this.#label()
    this.#timer = setTimeout(() => this.#fail('unreachable', `${this.#site} did not answer: is this site among its --embed-sites?`), PATIENCE_MS)
  }

  disconnectedCallback(): void {
    removeEventListener('message', this.#hear)
    clearTimeout(this.#timer)
    this.#started = false
    this.#frame.removeAttribute('src')
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (name === 'layout') this.#frame.hidden = this.#bubble
    if (name === 'label' || name === 'layout') this.#label()
    if (!this.#started || !now || now === before) return
    if (name === 'token') this.#say({ is: 'token', token: now })
    else if (name === 'patient') this.#say({ is: 'show', patient: now })
    else this.#say({ is: 'look', ...this.#look() })
  }

  /** Shows it, and a patient if one is named: by the hospital's number, or by the id in Kinward. */
  open(patient?: string): void {
    this.#frame.hidden = false
    if (this.#bubble) this.#frame.focus()
    this.#label()
    if (patient) this.#say({ is: 'show', patient })
  }

  close(): void {
    this.#frame.hidden = this.#bubble
    if (this.#bubble) this.#button.focus()
    this.#label()
  }

  get #bubble(): boolean {
    return this.getAttribute('layout') === 'bubble'
  }

  #look() {
    return { lang: this.lang || undefined, theme: this.getAttribute('theme') ?? undefined }
  }

  #label(): void {
    const name = this.getAttribute('label') || 'Messages'
    this.#frame.title = name
    this.#button.textContent = this.#unread ? `${name} (${this.#unread})` : name
    this.#button.ariaExpanded = String(!this.#frame.hidden)
  }

  #say(told: Told): void {
    this.#frame.contentWindow?.postMessage({ kinward: VERSION, ...told }, this.#site)
  }

  #tell(event: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent(event, { detail }))
  }

  #fail(code: string, detail: string): void {
    this.#tell('error', { code, detail })
  }

  #hear = (e: MessageEvent<Worded<Said>>): void => {
    if (e.source !== this.#frame.contentWindow || e.origin !== this.#site || e.data?.kinward !== VERSION) return
    const said = e.data
    if (said.is === 'hello') void this.#start()
    else if (said.is === 'renew') void this.#renew()
    else if (said.is === 'over') this.#tell('token-expired')
    else if (said.is === 'error') this.#fail(said.code, said.detail)
    else if (said.is === 'open') this.#tell('open', { patient: said.patient, conversation: said.conversation })
    else if (said.is === 'ready') this.#tell('ready')
    else {
      this.#unread = said.count
      this.#label()
      this.#tell('unread', { count: said.count })
    }
  }

  async #start(): Promise<void> {
    clearTimeout(this.#timer)
    const token = this.getAttribute('token') || (await this.#fetched())
    if (!token) return
    this.#started = true
    this.#say({ is: 'start', token, patient: this.getAttribute('patient') ?? undefined, ...this.#look() })
  }

  async #renew(): Promise<void> {
    const token = await this.#fetched()
    if (token) this.#say({ is: 'token', token })
  }

  /** A fresh token of this site; without one, its page is told to set the attribute. */
  async #fetched(): Promise<string | undefined> {
    const from = this.getAttribute('token-url')
    if (!from) return void this.#tell('token-expired')
    try {
      const answer = await fetch(from, { cache: 'no-store', credentials: 'same-origin' })
      if (answer.ok) return (await answer.text()).trim()
      this.#fail('token_url', `token-url answered ${answer.status}`)
    } catch {
      this.#fail('token_url', 'token-url did not answer')
    }
    return undefined
  }
}

if (!customElements.get('kinward-chat')) customElements.define('kinward-chat', KinwardChat)
