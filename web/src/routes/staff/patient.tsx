import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../../core/api'
import { t } from '../../core/i18n'
import type { Patient } from '../../core/wire.gen'
import { ChatView } from '../../ui/chat'
import { ConnectionBadge } from '../../ui/connection/badge'
import { useKinward, useTitle } from '../../ui/context'
import { Button, EmptyState, focusHeading, IconButton, Skeleton } from '../../ui/kit'
import { panes } from '../../ui/kit/shell'
import { useLocation } from '../../ui/location'
import * as desk from '../../ui/desk-icons'
import { PatientBanner } from '../../ui/staff/banner'
import { captionOf, guardOf, refusal } from '../../ui/staff/guard'
import { facts, place } from '../../ui/staff/words'

/** The patient of the address: from the own list, else asked of the server; 'lost' is one whom the reader doesn't look after. */
export function usePatient(id: string | undefined): Patient | 'loading' | 'failed' | 'lost' | undefined {
  const { patients } = useKinward()
  const known = patients.list.value.find((p) => p.id === id)
  const [asked, tell] = useState<{ id: string; is: 'loading' | 'failed' | 'lost' }>()
  const loading = patients.loading.value
  useEffect(() => {
    if (!id || known || loading) return
    let stale = false
    tell({ id, is: 'loading' })
    patients.ask(id).then(
      () => patients.refresh(id),
      (e: unknown) => { if (!stale) tell({ id, is: e instanceof ApiError && e.transient ? 'failed' : 'lost' }) },
    )
    return () => { stale = true }
  }, [id, known === undefined, loading])
  if (!id) return undefined
  return known ?? (asked?.id === id && !loading ? asked.is : 'loading')
}

export interface PatientViewProps {
  patient: Patient
  now: number
  /** Whether the details are seen beside or in place of another pane. */
  details: boolean
  onDetails: () => void
  onInvite: () => void
  onBack: (() => void) | undefined
}

/** A patient's conversation with the family, under a banner that always says whose it is. */
export function PatientView({ patient, now, details, onDetails, onInvite, onBack }: PatientViewProps) {
  const { store } = useKinward()
  useTitle(facts(patient.name, place(patient)))
  const talk = store.talk(patient.conversation)
  const refused = refusal(patient)
  const tools = (
    <>
      {panes.value === 1 && <ConnectionBadge />}
      {refused && talk && talk.lastSeq.value > 0 && (
        <Button kind="primary" icon={desk.userPlus} onClick={onInvite}>{t('staff.invite_relative')}</Button>
      )}
      {panes.value < 3 && <IconButton label={t('staff.details')} icon="info" expanded={details} onClick={onDetails} />}
    </>
  )
  if (!talk || (refused && talk.lastSeq.value === 0)) {
    return (
      <section class="kw-rows">
        <header class="kw-bar">
          {onBack && <IconButton icon="arrow-left" label={t('staff.back')} onClick={onBack} />}
          <div class="kw-chat-title"><PatientBanner patient={patient} now={now} /></div>
          {tools}
        </header>
        {talk ? <NoFamily onInvite={onInvite} /> : <Skeleton rows={4} />}
      </section>
    )
  }
  return (
    <ChatView
      talk={talk} audience="staff" heading={<PatientBanner patient={patient} now={now} />} tools={tools} guard={guardOf(patient)}
      sendRefused={refused} caption={(person) => captionOf(patient, person)} onBack={onBack}
    />
  )
}

/** A patient whose family nobody has invited: there is nothing to write to yet (N9). */
function NoFamily({ onInvite }: { onInvite: () => void }) {
  return (
    <EmptyState
      icon={desk.users} title={t('staff.no_relative')} text={t('staff.no_relative_text')}
      action={{ label: t('staff.invite_relative'), onClick: onInvite }}
    />
  )
}

/** In place of a patient who can't be shown. */
export function NoPatient({ why, onAgain }: { why: 'loading' | 'failed' | 'lost'; onAgain: () => void }) {
  const { route } = useLocation()
  useTitle(t('staff.patients'))
  useEffect(() => {
    // The conversation that had the focus is gone from under it.
    if (why === 'lost' && document.activeElement === document.body) focusHeading()
  }, [why])
  if (why === 'loading') return <Skeleton rows={5} />
  if (why === 'failed') {
    return (
      <EmptyState
        level={1} icon="alert-triangle" title={t('staff.failed')} text={t('staff.failed_text')}
        action={{ label: t('staff.again'), onClick: onAgain }}
      />
    )
  }
  return (
    <EmptyState
      level={1} icon={desk.bed} title={t('staff.lost_title')} text={t('staff.lost_text')}
      action={{ label: t('staff.back'), onClick: () => route('/') }}
    />
  )
}
