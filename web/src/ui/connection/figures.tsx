import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { number, t } from '../../core/i18n'
import type { Line, MethodStats } from '../../core/line'
import { duration } from '../../core/when'
import type { Method } from '../../core/transports/transport'
import { useKinward } from '../context'
import { Dot } from '../kit/desk'
import { Table } from '../kit/more'
import { amount } from './amount'
import { useNow } from './now'
import { methods, moment, size } from './measures'
import { methodName, stateText } from './words'

/** The figures of each method, live. It is no live region: a screen reader reads it when asked to. */
export function FiguresTable() {
  const { line } = useKinward()
  const figures = figuresOf(line, useNow(true))
  const caption = t('connection.figures')
  return (
    <section class="kw-figures">
      {useNarrow() ? (
        <Table
          caption={caption}
          rows={methods}
          rowKey={(m) => m}
          columns={[
            { key: 'method', label: t('connection.method'), names: true, cell: methodName },
            ...figures.map((f) => ({ key: f.label, label: t(f.label), cell: f.of })),
          ]}
        />
      ) : (
        <Table
          caption={caption}
          rows={figures}
          rowKey={(f) => f.label}
          columns={[
            { key: 'figure', label: t('connection.figure'), names: true, cell: (f) => t(f.label) },
            ...methods.map((m) => ({ key: m, label: methodName(m), align: 'end' as const, cell: (f: Figure) => f.of(m) })),
          ]}
        />
      )}
      <p class="kw-hint">{t('connection.figures_hint')}</p>
    </section>
  )
}

interface Figure {
  label: Label
  of: (m: Method) => ComponentChildren
}

type Label =
  | 'connection.state' | 'connection.connected_for' | 'connection.reply_time' | 'connection.requests' | 'connection.received'
  | 'connection.reconnects' | 'connection.last_message'

// Of a method that was never used there is nothing to tell; of one in use, a dash for what is not known yet.
function figuresOf(line: Line, now: number): readonly Figure[] {
  const stats = line.stats.value
  const used = line.method.value
  const state = line.state.value
  const figure = (label: Label, text: (s: MethodStats) => string | undefined): Figure => ({
    label,
    of: (m) => m === used || stats[m].requests > 0 ? text(stats[m]) ?? '–' : null,
  })
  const when = <T,>(value: T | undefined, text: (value: T) => string) => value === undefined ? undefined : text(value)
  return [
    {
      label: 'connection.state',
      of: (m) => m === used
        ? <Dot kind={state.is === 'live' ? 'ok' : 'warn'}>{stateText(state)}</Dot>
        : t('connection.not_in_use'),
    },
    figure('connection.connected_for', (s) => when(s.connectedSince, (since) => duration(Math.max(0, now - since)))),
    figure('connection.reply_time', (s) => when(s.latencyMs, (ms) => amount(Math.round(ms), 'millisecond'))),
    figure('connection.requests', (s) => number(s.requests)),
    figure('connection.received', (s) => size(s.received)),
    figure('connection.reconnects', (s) => number(s.reconnects)),
    figure('connection.last_message', (s) => when(s.lastMessageAt, moment)),
  ]
}

// Phones show tables as cards, a card for each row: there a method is a row, elsewhere a column beside the others.
const phone = '(max-width: 36rem)'

function useNarrow(): boolean {
  const [narrow, set] = useState(() => matchMedia(phone).matches)
  useEffect(() => {
    const media = matchMedia(phone)
    const look = () => set(media.matches)
    look()
    media.addEventListener('change', look)
    return () => media.removeEventListener('change', look)
  }, [])
  return narrow
}
