import type { ReadonlySignal } from '@preact/signals'
import { useLocation } from 'preact-iso/router'
import { useCallback, useMemo, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { waitedMinutes } from '../../core/waiting'
import type { Relative } from '../../core/wire.gen'
import { ConnectionBar, UpdateBar } from '../../ui/connection'
import { useKinward, useTitle } from '../../ui/context'
import { EmptyState, panes, Shell, spanWords } from '../../ui/kit'
import { Details } from '../../ui/staff/details'
import { KeysHelp } from '../../ui/staff/help'
import { Inbox, useRows } from '../../ui/staff/inbox'
import { NavHead } from '../../ui/staff/nav'
import { useMinute } from '../../ui/staff/now'
import { neighbour, queryOf, viewOf, type Row, type View } from '../../ui/staff/order'
import { commandKey, useShortcuts } from '../../ui/staff/shortcuts'
import { Switcher } from '../../ui/staff/switcher'
import { lazy } from '../lazy'
import { NoPatient, PatientView, usePatient } from './patient'

const People = lazy('page', () => import('../people'))
const InviteDialog = lazy('piece', () => import('../../ui/staff/invite'))

/** Everything that staff see: their patients, or the conversations among colleagues. */
export default function Staff() {
  const { path, query } = useLocation()
  return path.startsWith('/c/') || query['tab'] === 'people' ? <People /> : <Patients />
}

function Patients() {
  const { path, query, route } = useLocation()
  const { patients } = useKinward()
  const now = useMinute()
  const rows = useRows()
  const order = useRef<readonly string[]>([])
  const [dialog, show] = useState<'' | 'find' | 'help'>('')
  const [inviting, invite] = useState<{ patient: string; named?: Relative | undefined }>()
  const [aside, setAside] = useState(false)
  const id = /^\/patients\/([^/]+)/.exec(path)?.[1]
  const view = useMemo(() => viewOf(query), [query])
  const patient = usePatient(id)
  const one = typeof patient === 'object' ? patient : undefined

  const go = (to: string | undefined) => to && route(`/patients/${to}${queryOf(view)}`)
  const back = () => {
    setAside(false)
    route(`/${queryOf(view)}`)
  }
  useShortcuts({
    find: () => show('find'),
    help: () => show('help'),
    step: (by, waiting) => go(neighbour(waiting ? order.current.filter((p) => waits(rows.peek(), p)) : order.current, id, by)),
    leave: () => (aside && panes.peek() < 3 ? setAside(false) : panes.peek() === 1 && id && back()),
  })
  const onOrder = useCallback((shown: readonly string[]) => { order.current = shown }, [])
  const onView = (v: View) => route(`${path}${queryOf(v)}`, true)
  const invited = patients.list.value.find((p) => p.id === inviting?.patient)
  return (
    <>
      <Shell
        header={<><ConnectionBar /><UpdateBar /></>}
        navLabel={t('staff.patients')}
        nav={
          <div class="kw-rows">
            <NavHead tab="patients" heading={!id} onFind={() => show('find')} />
            <div class="kw-inbox"><Inbox {...{ rows, view, onView, now, onOrder }} current={id} /></div>
          </div>
        }
        main={one
          ? <PatientView patient={one} now={now} details={aside} onDetails={() => setAside(!aside)} onInvite={() => invite({ patient: one.id })} onBack={panes.value === 1 ? back : undefined} />
          : typeof patient === 'string'
            ? <NoPatient why={patient} onAgain={() => void patients.reload()} />
            : <Welcome rows={rows} now={now} onOpen={go} />}
        aside={one && <Details patient={one} onInvite={(named) => invite({ patient: one.id, named })} onClose={() => setAside(false)} />}
        asideLabel={t('staff.details')}
        showing={aside && one ? 'aside' : id ? 'main' : 'nav'}
      />
      <Switcher open={dialog === 'find'} onClose={() => show('')} />
      <KeysHelp waiting open={dialog === 'help'} onClose={() => show('')} />
      {invited && <InviteDialog patient={invited} named={inviting?.named} onClose={() => invite(undefined)} />}
    </>
  )
}

function waits(rows: readonly Row[], id: string): boolean {
  return rows.some((r) => r.patient.id === id && r.patient.waiting_since !== undefined)
}

/** Beside the list while nobody is chosen: who has waited longest, one press away. */
function Welcome({ rows, now, onOpen }: { rows: ReadonlySignal<readonly Row[]>; now: number; onOpen: (id: string) => void }) {
  useTitle(t('staff.patients'))
  const waiting = rows.value.filter((r) => r.patient.waiting_since)
  const [longest] = [...waiting].sort((a, b) => (waitedMinutes(b.patient, now) ?? 0) - (waitedMinutes(a.patient, now) ?? 0))
  const open = longest && { label: t('staff.open_longest'), onClick: () => onOpen(longest.patient.id) }
  return (
    <EmptyState level={1} icon="message" title={t('staff.choose_patient')} text={t('staff.choose_text', { keys: `${commandKey()}+K` })} action={open}>
      <p>
        {longest
          ? t('staff.families_wait', { count: waiting.length, duration: spanWords(waitedMinutes(longest.patient, now) ?? 0) })
          : rows.value.length > 0 && t('staff.nobody_waits')}
      </p>
    </EmptyState>
  )
}
