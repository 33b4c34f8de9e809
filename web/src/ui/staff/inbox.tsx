import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { t, tag } from '../../core/i18n'
import { useKinward } from '../context'
import { Button, EmptyState, Skeleton } from '../kit'
import * as desk from '../desk-icons'
import { useComputed, type ReadonlySignal } from '../signals'
import { Filters } from './filters'
import { ListBody, useSteady } from './list'
import { fits, sorted, type Row, type View } from './order'
import { PatientRow } from './row'

export interface InboxProps {
  rows: ReadonlySignal<readonly Row[]>
  view: View
  onView: (view: View) => void
  /** The patient that is open beside the list. */
  current: string | undefined
  /** The present time in ms, told anew each minute or so. */
  now: number
  /** Told which patients are shown in which order, for the keys that step through them. */
  onOrder: (order: readonly string[]) => void
}

/** Every patient of the asker with what their conversation shows, in no order. A row stays the same object until it changes. */
export function useRows(): ReadonlySignal<readonly Row[]> {
  const { patients, store } = useKinward()
  const before = useRef(new Map<string, Row>())
  return useComputed(() => {
    const rows = patients.list.value.map((patient) => {
      const talk = patient.conversation ? store.talk(patient.conversation) : undefined
      const last = talk?.last.value
      const unread = talk ? talk.unread.value : patient.unread
      const old = before.current.get(patient.id)
      return old?.patient === patient && old.last === last && old.unread === unread ? old : { patient, last, unread }
    })
    before.current = new Map(rows.map((r) => [r.patient.id, r]))
    return rows
  })
}

/** The list of one's patients with its choices (web.md B-28, B-29, B-48, S-1). */
export function Inbox({ rows, view, onView, current, now, onOrder }: InboxProps) {
  const { me, patients } = useKinward()
  const list = useRef<HTMLUListElement>(null)
  const all = rows.value
  const wanted = useMemo(
    () => sorted(all.filter((r) => fits(r, view.show, view.ward, me.id, now)), view.sort, tag()).map((r) => r.patient.id),
    [all, view, now, tag()],
  )
  const byId = useMemo(() => new Map(all.map((r) => [r.patient.id, r])), [all])
  const held = useSteady(list, wanted, JSON.stringify(view) + patients.loading.value)
  const { order } = held
  useEffect(() => onOrder(order), [order])
  const problem = patients.failed.value
  return (
    <>
      {all.length > 0 && <Filters rows={all} view={view} onView={onView} now={now} />}
      <ListBody key={JSON.stringify(view)} list={list} label={t('staff.patients')} steady={held} current={current}>
        {(id) => {
          const row = byId.get(id)
          return row && <PatientRow key={id} row={row} current={id === current} now={now} />
        }}
      </ListBody>
      {patients.loading.value && all.length === 0 && <Skeleton rows={6} />}
      {problem && (
        <EmptyState
          title={t('staff.failed')} text={t('staff.failed_text')} icon="alert-triangle"
          action={{ label: t('staff.again'), onClick: () => void patients.reload() }}
        />
      )}
      {!patients.loading.value && !problem && order.length === 0 && <Nothing any={all.length > 0} onView={onView} view={view} />}
    </>
  )
}

function Nothing({ any, view, onView }: { any: boolean; view: View; onView: (view: View) => void }) {
  const { patients } = useKinward()
  const [asking, ask] = useState(false)
  if (any) {
    return (
      <EmptyState
        title={t('staff.no_match')} text={t('staff.no_match_text')} icon={desk.bed}
        action={{ label: t('staff.show_all'), onClick: () => onView({ ...view, show: '', ward: '' }) }}
      />
    )
  }
  const again = async () => {
    ask(true)
    await patients.reload()
    ask(false)
  }
  return (
    <EmptyState title={t('staff.none_title')} text={t('staff.none_text')} icon={desk.bed}>
      <Button kind="primary" busy={asking} onClick={() => void again()}>{t('staff.look_again')}</Button>
    </EmptyState>
  )
}
