import type { Drafts } from '../../core/drafts'
import type { Outbox } from '../../core/outbox'
import type { Message } from '../../core/wire.gen'
import { signal } from '../signals'

/** What composing needs of the client. */
export interface Ports {
  outbox: Pick<Outbox, 'add'>
  drafts: Pick<Drafts, 'get' | 'set' | 'saveNow'>
  correct(conversation: string, seq: number, text: string): Promise<void>
}

/** A message that is being corrected, with the text as it stands in the box. */
export interface Correcting {
  readonly seq: number
  text: string
}

/**
 * What a person is writing in one conversation: a new message, perhaps as a reply, or the correction of an own one. It
 * belongs to its conversation from the beginning and is never pointed at another one, so that nothing can be sent to
 * anybody but those in whose conversation it was written. It outlives the box on the screen.
 */
export class Composing {
  readonly conversation: string
  /** The number of the message that is answered. */
  readonly reply = signal<number | undefined>(undefined)
  readonly correcting = signal<Correcting | undefined>(undefined)
  /** The question to which the writer has said that these are the right people: one more relative makes another question. */
  confirmed = ''
  /** Whether not to be asked any more today, as ticked in the question. */
  readonly quietToday = signal(false)
  #ports: Ports
  #box: string
  #handed: string[] = [] // sent, but not yet kept by the outbox

  constructor(conversation: string, ports: Ports) {
    this.conversation = conversation
    this.#ports = ports
    this.#box = ports.drafts.get(conversation)
  }

  /** What belongs in the box. */
  get text(): string {
    return this.correcting.peek()?.text ?? this.#box
  }

  /** The box has changed. */
  write(text: string): void {
    const correcting = this.correcting.peek()
    if (correcting) correcting.text = text
    else if (text !== this.#box) this.#draft(text)
  }

  /** Keeps the draft at once: the box has lost the focus, or the page is left. */
  keep(): void {
    this.#ports.drafts.saveNow()
  }

  /** Begins to correct a message; the draft of a new one waits. */
  begin({ seq, text = '' }: Pick<Message, 'seq' | 'text'>): void {
    this.correcting.value = { seq, text }
  }

  /** Neither corrects nor answers any more; the draft of a new message is back. */
  leave(): void {
    this.correcting.value = undefined
    this.reply.value = undefined
  }

  /**
   * Hands a text to the outbox and empties the box. Until the outbox has kept it, the draft still has it, so that it is
   * nowhere lost. Rejects if it could not be kept; the text then stands in the box again, before what came after it.
   */
  async send(text: string): Promise<void> {
    const reply = this.reply.peek()
    this.reply.value = undefined
    this.#handed.push(text)
    this.#draft('')
    try {
      await this.#ports.outbox.add(this.conversation, text, reply)
    } catch (why) {
      this.#take(text)
      this.#draft(this.#box ? `${text}\n${this.#box}` : text)
      this.reply.value ??= reply
      throw why
    }
    this.#take(text)
    this.#draft(this.#box)
    this.keep()
  }

  /** Sends the correction. Rejects with an ApiError; the correction then goes on, as it does if more was written meanwhile. */
  async save(text: string): Promise<void> {
    const correcting = this.correcting.peek()
    if (!correcting) return
    correcting.text = text
    await this.#ports.correct(this.conversation, correcting.seq, text)
    if (this.correcting.peek() === correcting && correcting.text === text) this.correcting.value = undefined
  }

  #take(text: string): void {
    this.#handed.splice(this.#handed.indexOf(text), 1)
  }

  #draft(box: string): void {
    this.#box = box
    this.#ports.drafts.set(this.conversation, [...this.#handed, box].filter(Boolean).join('\n'))
  }
}
