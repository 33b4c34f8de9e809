import { useCallback, useMemo, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { waitedMinutes } from '../../core/waiting'
import { ConnectionBar, UpdateBar } from '../../ui/connection'
import { useKinward, useTitle } from '../../ui/context'
import { EmptyState, Skeleton } from '../../ui/kit'
import { panes, Shell } from '../../ui/kit/shell'
import { spanWords } from '../../ui/kit/desk'
import { lazy } from '../../ui/lazy'
import { useLocation } from '../../ui/location'
import type { ReadonlySignal } from '../../ui/signals'
import { useAside } from '../../ui/staff/aside'
import { Details } from '../../ui/staff/details'
import type { Step } from '../../ui/staff/dialogs'
import { Inbox, useRows } from '../../ui/staff/inbox'
import { NavHead, peoplePath } from '../../ui/staff/nav'
import { useMinute } from '../../ui/staff/now'
import { neighbour, queryOf, viewOf, type Row, type View } from '../../ui/staff/order'
import { StaffDialog, Switcher, useSwitcherSoon } from '../../ui/staff/pieces'
import { commandKey, useShortcuts } from '../../ui/staff/shortcuts'
import { NoPatient, PatientView, usePatient } from './patient'

const People = lazy('page', () => import('../people'))

/** Everything that staff see: their patients, or the conversations among colleagues. */
export default function Staff() {
  const { path } = useLocation()
  return path.startsWith('/c/') || path === peoplePath ? <People /> : <Patients />
}

function Patients() {
  const { path, query, route } = useLocation()
  const { patients } = useKinward()
  const now = useMinute()
  const rows = useRows()
  const order = useRef<readonly string[]>([])
  const [step, ask] = useState<Step | { is: 'find' }>()
  const [aside, setAside] = useAside()
  useSwitcherSoon()
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
    find: () => ask({ is: 'find' }),
    help: () => ask({ is: 'keys', waiting: true }),
    step: (by, waiting) => go(neighbour(waiting ? order.current.filter((p) => waits(rows.peek(), p)) : order.current, id, by)),
    leave: () => (aside && panes.peek() < 3 ? setAside(false) : panes.peek() === 1 && id && back()),
  })
  const onOrder = useCallback((shown: readonly string[]) => { order.current = shown }, [])
  const onView = (v: View) => route(`${path}${queryOf(v)}`, true)
  const close = () => ask(undefined)
  return (
    <>
      <Shell
        header={<><ConnectionBar /><UpdateBar /></>}
        navLabel={t('staff.patients')}
        nav={
          <div class="kw-rows">
            <NavHead tab="patients" heading={!id} onFind={() => ask({ is: 'find' })} />
            <div class="kw-inbox"><Inbox {...{ rows, view, onView, now, onOrder }} current={id} /></div>
          </div>
        }
        main={one
          ? (
              <PatientView
                patient={one} now={now} details={aside} onDetails={() => setAside(!aside)}
                onInvite={() => ask({ is: 'invite', patient: one })}
                onBack={panes.value === 1 ? back : undefined}
              />
            )
          : typeof patient === 'string'
            ? <NoPatient why={patient} onAgain={() => void patients.reload()} />
            : <Welcome rows={rows} now={now} onOpen={go} />}
        aside={one
          ? <Details patient={one} onStep={ask} onClose={() => setAside(false)} />
          : patient === 'loading' && <Skeleton rows={5} /> /* the pane has its place before it is known what stands there */}
        asideLabel={t('staff.details')}
        showing={aside && one ? 'aside' : id ? 'main' : 'nav'}
      />
      {step && (step.is === 'find' ? <Switcher onClose={close} /> : <StaffDialog step={step} onClose={close} />)}
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
  const wait = longest && spanWords(Math.max(1, waitedMinutes(longest.patient, now) ?? 0))
  const open = longest && { label: t('staff.open_longest'), onClick: () => onOpen(longest.patient.id) }
  return (
    <EmptyState
      level={1} icon="message" title={t('staff.choose_patient')} text={t('staff.choose_text', { keys: `${commandKey()}+K` })}
      action={open}
    >
      <p>
        {wait
          ? t('staff.families_wait', { count: waiting.length, duration: wait })
          : rows.value.length > 0 && t('staff.nobody_waits')}
      </p>
    </EmptyState>
  )
}
