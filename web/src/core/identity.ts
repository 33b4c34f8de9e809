import { signal, type ReadonlySignal } from '@preact/signals-core'
import { randomName } from './id'

const NAME = 'kinward.signed-in' // of the channel and of the entry in the storage

/** The part of a BroadcastChannel that is used here. */
export interface Channel {
  onmessage: ((e: MessageEvent) => void) | null
  postMessage(message: unknown): void
  close(): void
}

export interface IdentityOptions {
  /** localStorage; its calls may throw. */
  storage?: { getItem(key: string): string | null; setItem(key: string, value: string): void } | undefined
  channel?: ((name: string) => Channel) | undefined
}

/**
 * Who this tab works for. The cookie belongs to the whole browser: when somebody signs in or out in another tab, requests
 * from here would from that moment go out in the wrong name. So each sign-in gets a random text (its epoch), all tabs are
 * told of it, and Api asks `valid` before each request.
 */
export class Identity {
  person: string | undefined
  /** '' while nobody is signed in here. */
  epoch = ''
  /** Somebody else signed in, or this person signed out, in another tab: nothing of theirs may be shown or asked any more. */
  readonly lost: ReadonlySignal<boolean>
  readonly #gone = signal(false)
  readonly #storage: IdentityOptions['storage']
  readonly #channel: Channel | undefined
  #heard: string | undefined // "person epoch", '' after a sign-out, undefined while nothing is known

  constructor(o: IdentityOptions = {}) {
    this.lost = this.#gone
    this.#storage = o.storage
    this.#channel = o.channel?.(NAME)
    if (!this.#channel) return
    this.#channel.onmessage = (e) => {
      this.#heard = String(e.data)
      this.valid()
    }
  }

  /** Somebody has just signed in here: from now on the cookie is theirs, in all tabs. */
  signedIn(person: string): void {
    this.#hold(person, randomName())
    this.#tell(`${person} ${this.epoch}`)
  }

  /** The server has told whose the cookie is. This tab joins the sign-in that the other tabs know of. */
  resumed(person: string): void {
    const [known, epoch] = this.#stamp()
    if (known === person && epoch) this.#hold(person, epoch)
    else this.signedIn(person)
  }

  /** This person has signed out here, and so everywhere in this browser. */
  signedOut(): void {
    this.person = undefined
    this.epoch = ''
    this.#tell('')
  }

  /** Who is signed in in this browser, as far as is known before the server was asked; '' or undefined for nobody. */
  expected(): string | undefined {
    return this.#stamp()[0]
  }

  /** Whether the cookie is still this person's, as far as the tabs of this browser know. */
  valid(): boolean {
    const [person, epoch] = this.#stamp()
    if (this.person === undefined || person === undefined) return !this.#gone.value
    if (person === this.person && epoch) this.epoch = epoch // the same person may have signed in anew
    else this.#gone.value = true
    return !this.#gone.value
  }

  close(): void {
    this.#channel?.close()
  }

  #hold(person: string, epoch: string): void {
    this.person = person
    this.epoch = epoch
    this.#gone.value = false
  }

  #tell(stamp: string): void {
    this.#heard = stamp
    try {
      this.#storage?.setItem(NAME, stamp)
    } catch {
      // private windows may refuse: then the channel alone has to do
    }
    this.#channel?.postMessage(stamp)
  }

  #stamp(): string[] {
    let stamp = this.#heard
    try {
      stamp = this.#storage?.getItem(NAME) ?? stamp
    } catch {
      // as above
    }
    return stamp?.split(' ') ?? []
  }
}
