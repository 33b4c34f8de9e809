export interface ServerEvent {
  name: string
  id: string
  data: string
}

/** Reads a text/event-stream piece by piece, as the HTML standard describes it; an event that the end cuts is dropped. */
export class EventParser {
  #rest = ''
  #event: ServerEvent = { name: '', id: '', data: '' }

  /** Returns the events that `text` completes. */
  push(text: string): ServerEvent[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    const whole: ServerEvent[] = []
    for (const line of lines) {
      if (line === '' || line === '\r') {
        if (this.#event.data) whole.push(this.#event)
        this.#event = { name: '', id: '', data: '' }
      } else {
        this.#field(line.replace(/\r$/, ''))
      }
    }
    return whole
  }

  #field(line: string): void {
    const [, name, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (name === 'event') this.#event.name = value
    else if (name === 'id') this.#event.id = value
    else if (name === 'data') this.#event.data += (this.#event.data && '\n') + value
  }
}
