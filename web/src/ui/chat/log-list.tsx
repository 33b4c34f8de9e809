import { Component, type ComponentChild, type VNode } from 'preact'
import { starts } from '../../core/grouping'
import { t } from '../../core/i18n'
import { dayLabel } from '../../core/time'
import type { Entry } from '../../core/transcript'
import type { UnreadLine as Line } from '../../core/unread'
import { DayLine, UnreadLine } from '../kit'
import { untracked } from '../signals'
import type { Quoted } from './quote'
import { Row, type RowProps } from './row'
import { nameOf, type Scope } from './scope'

export interface LogListProps {
  scope: Scope
  entries: readonly Entry[]
  /** Another text whenever the language, or anybody's name or role, is another. */
  people: string
  line: Line | undefined
  /** More messages stand before the first entry. */
  hasOlder: boolean
  /** Any time of the present day: which day is "Today". */
  now: number
  /** The rows have changed; the layout is not made yet. */
  onChange: () => void
}

interface Told {
  sender: string
  created_at: string
  kind: string
}

/** The rows of a transcript with the lines between them. */
export class LogList extends Component<LogListProps> {
  #rows = new Map<string, VNode<RowProps>>()
  // By message: the one before it, and what begins with it. It takes dates to find out, which cost more than all else here.
  #begun = new WeakMap<Told, { before: Told | undefined; begins: ReturnType<typeof starts> }>()

  override componentDidMount(): void {
    this.props.onChange()
  }

  override componentDidUpdate(): void {
    this.props.onChange()
  }

  render(props: LogListProps) {
    // Members are looked up without following them: `people` tells when that is needed.
    return untracked(() => this.#list(props))
  }

  #list({ entries }: LogListProps) {
    const rows = new Map<string, VNode<RowProps>>()
    const list: ComponentChild[] = []
    let before: Told | undefined
    entries.forEach((entry, i) => {
      const told = this.#told(entry)
      const begins = this.#begins(before, told)
      if (begins.day) list.push(this.#day(told.created_at))
      const unread = this.#unread(entry, i)
      if (unread) list.push(unread)
      const row = this.#row(entry, told, begins.author || unread !== undefined, entries[i + 1])
      rows.set(entry.key, row)
      list.push(row)
      before = told
    })
    this.#rows = rows
    return list
  }

  #begins(before: Told | undefined, told: Told): ReturnType<typeof starts> {
    const known = this.#begun.get(told)
    if (known && known.before === before) return known.begins
    const begins = starts(before, told)
    this.#begun.set(told, { before, begins })
    return begins
  }

  #told({ message, outgoing }: Entry): Told {
    if (message) return message
    return { sender: this.props.scope.kinward.me.id, kind: 'text', created_at: new Date(outgoing?.created ?? 0).toISOString() }
  }

  #day(at: string): VNode {
    const day = new Date(at).toDateString()
    return <li key={day} class="kw-line-row"><DayLine label={dayLabel(at, this.props.now)} dateTime={at} /></li>
  }

  /** The line belongs above the first unread message, which may not be mounted. */
  #unread({ message }: Entry, i: number): VNode | undefined {
    const { line, entries, hasOlder } = this.props
    if (!line || !message || message.seq < line.seq) return undefined
    const above = entries[i - 1]?.message
    if (above ? above.seq >= line.seq : hasOlder && message.seq > line.seq) return undefined
    return <li key="unread" class="kw-line-row kw-unread-row"><UnreadLine count={line.count} /></li>
  }

  /** The same node as last time where nothing about a row has changed: 250 of them then cost next to nothing. */
  #row(entry: Entry, { sender, kind }: Told, named: boolean, next: Entry | undefined): VNode<RowProps> {
    const { scope } = this.props
    const person = scope.talk.person(sender)
    const me = scope.kinward.me.id
    const own = sender === me && kind !== 'system'
    const props: RowProps = {
      scope, entry, own, named,
      name: kind === 'system' ? undefined : nameOf(scope, sender),
      caption: named && !own && person ? scope.caption(person) : undefined,
      tells: own && !(next && this.#told(next).sender === me),
      quoted: this.#quoted(entry.message?.reply_to ?? entry.outgoing?.reply_to, entry.key),
    }
    const last = this.#rows.get(entry.key)
    return last && same(last.props, props) ? last : <Row key={entry.key} {...props} />
  }

  #quoted(seq: number | undefined, key: string): Quoted | undefined {
    if (!seq) return undefined
    const message = this.props.scope.transcript.find(seq)
    const { scope } = this.props
    const own = message?.sender === scope.kinward.me.id
    const quoted = { seq, message, name: message && (own ? t('chat.you') : nameOf(scope, message.sender)) }
    const last = this.#rows.get(key)?.props.quoted
    return last && same(last, quoted) ? last : quoted
  }
}

function same<T extends object>(a: T, b: T): boolean {
  return (Object.keys(b) as (keyof T)[]).every((key) => a[key] === b[key])
}
