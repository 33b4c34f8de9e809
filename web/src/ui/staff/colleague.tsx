import { useState } from 'preact/hooks'
import { ApiError } from '../../core/api'
import { explain, t } from '../../core/i18n'
import type { Patient, Person } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Banner, Button, Dialog, Select, toast } from '../kit'
import { PersonLine, PersonPicker } from './picker'
import { capital, roles, word } from './words'

/** Gives a patient to a colleague in a role. */
export function AddColleague({ open, patient, onClose }: { open: boolean; patient: Patient; onClose: () => void }) {
  return open ? <Form patient={patient} onClose={onClose} /> : null
}

function Form({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  const { api, patients } = useKinward()
  const [person, pick] = useState<Person>()
  const [role, setRole] = useState<string>('nurse')
  const [problem, fail] = useState('')
  const [busy, work] = useState(false)
  const assign = async () => {
    if (!person) return fail(t('staff.choose_person'))
    work(true)
    try {
      await api.assign(patient.id, { person: person.id, role })
      toast(t('staff.assigned', { name: person.name, patient: patient.name }))
      onClose()
      await patients.refresh(patient.id)
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      fail(explain(e))
      work(false)
    }
  }
  return (
    <Dialog
      open title={t('staff.add_colleague_to', { patient: patient.name })} onClose={onClose}
      footer={<>
        <Button onClick={onClose}>{t('staff.cancel')}</Button>
        <Button kind="primary" busy={busy} onClick={() => void assign()}>{t('staff.add')}</Button>
      </>}
    >
      <div class="kw-form">
        {person
          ? <p class="kw-picked"><PersonLine person={person} /> <Button kind="quiet" onClick={() => pick(undefined)}>{t('staff.change')}</Button></p>
          : <PersonPicker label={t('staff.colleague')} fits={(p) => p.kind === 'staff'} onPick={(p) => { pick(p); fail('') }} />}
        <Select
          label={t('staff.role')} value={role} onChange={setRole}
          options={roles.map((value) => ({ value: value as string, label: capital(word('role', value)) }))}
        />
        {problem && <Banner kind="danger">{problem}</Banner>}
      </div>
    </Dialog>
  )
}
