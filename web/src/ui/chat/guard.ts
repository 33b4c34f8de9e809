/**
 * Keeps staff from writing to the wrong family: the message box always says to whom it goes, and the first message to a
 * family asks whether they are the right ones.
 */
export interface Guard {
  /** Names and relationships, patient, birth date, bed, tail of the record number: shown above the box, never cut. */
  patientLine: string
  /** Whether to ask before the first message. What has been confirmed is remembered here; leave it true. */
  needsConfirm: boolean
  /** The question, with the names: "Send to Ana Almeida (daughter), family of Rosa Almeida, bed 4-12?" */
  confirmText: string
}

/** The part of localStorage and sessionStorage that is needed. Every call may throw (blocked site data, a full disk). */
export interface Memory {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/**
 * Remembers for which families this person has confirmed on this device that they are the right ones: until the tab closes,
 * or, if asked so, until the day ends. Where nothing can be remembered, the question comes once per opening of the page.
 */
export class GuardMemory {
  #here = new Set<string>()
  #me: string
  #session: Memory | undefined
  #device: Memory | undefined

  constructor(me: string, session: Memory | undefined, device: Memory | undefined) {
    this.#me = me
    this.#session = session
    this.#device = device
  }

  knows(conversation: string, today: string): boolean {
    const key = this.#key(conversation)
    return this.#here.has(key) || read(this.#session, key) === '1' || read(this.#device, key) === today
  }

  /** `today` only where the person doesn't want to be asked again that day, in another session either. */
  remember(conversation: string, today?: string): void {
    const key = this.#key(conversation)
    this.#here.add(key)
    write(this.#session, key, '1')
    if (today) write(this.#device, key, today)
  }

  #key(conversation: string): string {
    return `kinward.confirmed.${this.#me}.${conversation}`
  }
}

/** The day of the device's own calendar as 2026-11-21, to compare with. */
export function dayOf(now: Date): string {
  return `${now.getFullYear()}-${now.getMonth() + 1}-${now.getDate()}`
}

function read(memory: Memory | undefined, key: string): string | null {
  try {
    return memory?.getItem(key) ?? null
  } catch {
    return null
  }
}

function write(memory: Memory | undefined, key: string, value: string): void {
  try {
    memory?.setItem(key, value)
  } catch {
    // The question comes again, which is the safe side.
  }
}
