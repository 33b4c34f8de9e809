import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import * as ward from '../../core/ward'
import type { Patient, Relative } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Banner, toast } from '../kit'
import { TextField } from '../kit/desk'
import { useLocation } from '../location'
import { Confirm } from './confirm'
import { focusWrong } from './failure'
import { relative, word, type TeamRow } from './words'

/** Ends a relative's access, which asks for a reason and names who and about whom. */
export function EndAccess({ patient, relative: r, onClose }: { patient: Patient; relative: Relative; onClose: () => void }) {
  const { api, patients } = useKinward()
  const [reason, setReason] = useState('')
  const [missing, miss] = useState(false)
  const end = async () => {
    if (!reason.trim()) {
      miss(true)
      focusWrong()
      return false
    }
    await ward.revoke(api, patient.id, r.link, reason.trim())
    toast(t('staff.access_ended', { name: r.name }))
    await patients.refresh(patient.id)
  }
  return (
    <Confirm title={t('staff.end_access_ask', { name: r.name })} doIt={t('staff.end_access')} onDo={end} onClose={onClose}>
      <p>{t('staff.end_access_text', { relative: relative(r), patient: patient.name })}</p>
      <TextField
        label={t('staff.reason')} hint={t('staff.reason_hint')} value={reason} maxLength={1000} autofocus
        error={missing ? t('staff.need') : undefined}
        onInput={(text) => { setReason(text); miss(false) }}
      />
    </Confirm>
  )
}

export interface EndAssignmentProps {
  patient: Patient
  row: TeamRow
  /** All rows of the team: whether the person goes for good, and whether anybody is left, follows from them. */
  rows: readonly TeamRow[]
  onClose: () => void
}

/** Ends a role that a colleague, or the reader, has with a patient. */
export function EndAssignment({ patient, row, rows, onClose }: EndAssignmentProps) {
  const { api, me, patients } = useKinward()
  const { route } = useLocation()
  const own = row.person === me.id
  const goes = rows.every((r) => r.person !== row.person || r.role === row.role)
  const end = async () => {
    for (const assignment of row.assignments) await ward.unassign(api, patient.id, assignment)
    toast(t('staff.assignment_ended', { name: row.name, patient: patient.name }))
    if (own && goes) route('/')
    await patients.refresh(patient.id)
  }
  const names = { name: row.name, patient: patient.name }
  const lost = own ? t('staff.end_own_text', { patient: patient.name }) : t('staff.end_assignment_text', names)
  return (
    <Confirm
      title={t('staff.end_assignment_ask', { name: row.name })} doIt={t('staff.end_assignment')}
      onDo={end} onClose={onClose}
    >
      <p>{word('role', row.role)}</p>
      {goes && <p>{lost}</p>}
      {rows.length === 1 && <Banner kind="warn">{t('staff.end_last_text', { patient: patient.name })}</Banner>}
    </Confirm>
  )
}
