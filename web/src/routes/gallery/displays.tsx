import { useRef } from 'preact/hooks'
import { Banner, DayLine, EmptyState, JumpPill, Skeleton, Spinner, StateText, toast, UnreadLine, useRoving } from '../../ui/kit'
import { ConnectionBar } from '../../ui/kit/connection-bar'
import { Avatar, Badge, Dot, ListRow, Tag, WaitTag } from '../../ui/kit/desk'
import { QRCard, Sparkline, Table, Tile } from '../../ui/kit/more'
import { Icon, iconNames } from '../../ui/icons'
import * as desk from '../../ui/desk-icons'
import * as rare from '../../ui/rare-icons'
import { samples, Section, Specimen } from './specimen'

const nothing = () => undefined

export function Icons() {
  return (
    <Section title="Icons">
      <ul class="kw-gallery-icons">
        {[...iconNames.map((name) => [name, name] as const), ...Object.entries(desk), ...Object.entries(rare)].map(([word, icon]) => (
          <li key={word}>
            <Icon name={icon} />
            <small>{word}</small>
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function Marks() {
  const say = samples()
  return (
    <Section title="Marks">
      <Specimen name="Avatar: six tints, online, sizes">
        <div class="kw-buttons">
          {[say.ana, say.jan, say.mariam, say.rosa, 'Li Wei', 'Okafor, N.', say.doctor].map((name) => (
            <Avatar key={name} name={name} />
          ))}
          <Avatar name={say.ana} online />
          <Avatar name={say.jan} size="s" />
          <Avatar name={say.mariam} size="l" online />
        </div>
      </Specimen>
      <Specimen name="WaitTag: 5, 42, 72 min, 3 days">
        <div class="kw-buttons">
          <WaitTag minutes={5} />
          <WaitTag minutes={42} />
          <WaitTag minutes={72} />
          <WaitTag minutes={4400} />
        </div>
      </Specimen>
      <Specimen name="Tag">
        <div class="kw-buttons">
          <Tag>invited</Tag>
          <Tag kind="ok" icon="check">
            joined
          </Tag>
          <Tag kind="warn">ends soon</Tag>
          <Tag kind="danger">ended</Tag>
          <Tag kind="info">reads only</Tag>
          <Tag kind="primary">attending</Tag>
        </div>
      </Specimen>
      <Specimen name="Badge">
        <div class="kw-buttons">
          <Badge count={2} label={say.unread} />
          <Badge count={120} />
          <Badge count={0} />
        </div>
      </Specimen>
      <Specimen name="StateText">
        <div class="kw-buttons">
          <StateText state="sending" text={say.sending} />
          <StateText state="sent" text={say.sent} />
          <StateText state="delivered" text={say.delivered} />
          <StateText state="read" text={say.read} />
          <StateText state="failed" text={say.failed} />
        </div>
      </Specimen>
      <Specimen name="Dot, Spinner">
        <div class="kw-buttons">
          <Dot kind="ok">{say.live}</Dot>
          <Dot kind="warn">{say.reconnecting}</Dot>
          <Spinner />
        </div>
      </Specimen>
      <Specimen name="DayLine, UnreadLine, NoteLine, JumpPill" wide>
        <div class="kw-form">
          <DayLine label={say.today} dateTime="2026-11-22" />
          <UnreadLine count={2} />
          <div class="kw-gallery-centre">
            <JumpPill text={say.new} onClick={nothing} />
          </div>
        </div>
      </Specimen>
    </Section>
  )
}

export function Rows() {
  const say = samples()
  const list = useRef<HTMLUListElement>(null)
  useRoving(list, { items: '.kw-row', first: '[aria-current]' })
  return (
    <ul class="kw-list" ref={list}>
      <li>
        <ListRow
          href="#main"
          current
          lead={<Avatar name={say.rosa} />}
          title={
            <>
              {say.rosa} <small>{say.bed}</small>
            </>
          }
          when={say.when}
          text={`${say.ana}: ${say.asked}`}
          end={<Badge count={2} label={say.unread} />}
          strong
        >
          <WaitTag minutes={72} />
        </ListRow>
      </li>
      <li>
        <ListRow
          href="#main"
          lead={<Avatar name={say.jan} online />}
          title={
            <>
              {say.jan} <small>{say.bed}</small>
            </>
          }
          when={say.when}
          text={say.draft}
        />
      </li>
      <li>
        <ListRow
          href="#main"
          lead={<Avatar name={say.mariam} />}
          title={
            <>
              {say.mariam} <small>{say.bed}</small>
            </>
          }
          when={say.yesterday}
          text={say.answer}
          end={<Badge count={1} label={say.unread} />}
          strong
        >
          <WaitTag minutes={42} />
        </ListRow>
      </li>
    </ul>
  )
}

export function Lists() {
  const say = samples()
  return (
    <Section title="Lists">
      <Specimen name="ListRow in a roving list">
        <Rows />
      </Specimen>
      <Specimen name="Skeleton">
        <Skeleton rows={3} />
      </Specimen>
      <Specimen name="EmptyState">
        <EmptyState
          level={3}
          icon="message"
          title={say.empty}
          text={say.emptyText}
          action={{ label: say.send, onClick: nothing }}
        />
      </Specimen>
    </Section>
  )
}

export function Feedback() {
  const say = samples()
  return (
    <Section title="Feedback">
      <Specimen name="Banner" wide>
        <div class="kw-form">
          <Banner kind="info">
            {say.emptyText}
          </Banner>
          <Banner kind="warn" action={{ label: say.retry, onClick: nothing }}>
            {say.reconnecting}
          </Banner>
          <Banner kind="danger" action={{ label: say.retry, onClick: nothing }}>
            {say.failed}
          </Banner>
          <Banner kind="ok">{say.sent}</Banner>
        </div>
      </Specimen>
      <Specimen name="ConnectionBar" wide>
        <ConnectionBar state="waiting" text={say.reconnecting} action={{ label: say.retry, onClick: nothing }} />
        <ConnectionBar state="offline" text={say.offline} />
        <ConnectionBar state="live" text={say.live} />
      </Specimen>
      <Specimen name="toast(text, action)">
        <button
          type="button"
          class="kw-button is-plain"
          onClick={() => toast(say.answer, { label: say.retry, onClick: nothing })}
        >
          toast
        </button>
      </Specimen>
    </Section>
  )
}

const figures = [4, 6, 3, 8, 12, 9, 7, 11]
const people = [
  { who: 'Ana Almeida', method: 'WebSocket', ms: 38 },
  { who: 'Jan Novák', method: 'Long polling', ms: 144 },
]
/** Looks like a code to scan, without being one. */
const square = [
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21"%3E%3Cpath d="M2 2h5v5H2zM14 2h5v5h-5z',
  'M2 14h5v5H2zM9 3h1v3H9zM11 8h2v2h-2zM8 11h4v1H8zM14 11h2v3h-2zM17 15h2v4h-3v-2h1zM10 14h2v2h-2zM12 17h2v2h-2z"/%3E%3C/svg%3E',
].join('')

export function Figures() {
  return (
    <Section title="Tables and figures">
      <Specimen name="Table" wide>
        <Table
          caption="Devices in use"
          rows={people}
          rowKey={(row) => row.who}
          columns={[
            { key: 'who', label: 'Who', names: true, cell: (row) => row.who },
            { key: 'method', label: 'Method', cell: (row) => row.method },
            { key: 'ms', label: 'Reply time', align: 'end', cell: (row) => `${row.ms} ms` },
          ]}
        />
      </Specimen>
      <Specimen name="Tile, Sparkline" wide>
        <dl class="kw-tiles">
          <Tile label="Waiting now" value="7" hint="3 longer than an hour" />
          <Tile label="Median first reply" value="18 min">
            <Sparkline values={figures} label="First reply over eight weeks" />
          </Tile>
        </dl>
      </Specimen>
      <Specimen name="QRCard" wide>
        <QRCard src={square} alt="Code that leads to the invitation" code="K7QWP3MZA9">
          <p>
            <small>Until Thu 26 Nov, 09:14</small>
          </p>
        </QRCard>
      </Specimen>
    </Section>
  )
}
