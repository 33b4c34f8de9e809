import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import * as ward from '../../core/ward'
import type { Patient, Person } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Banner, Button, toast } from '../kit'
import { Select } from '../kit/desk'
import { Dialog } from '../kit/dialog'
import { explainError, focusWrong } from './failure'
import { PersonLine } from './person'
import { PersonPicker } from './picker'
import { capital, roles, word } from './words'

/** Gives a patient to a colleague in a role. */
export function AddColleague({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  const { api, patients } = useKinward()
  const [person, pick] = useState<Person>()
  const [role, setRole] = useState('')
  const [missing, miss] = useState(false)
  const [problem, fail] = useState('')
  const [busy, work] = useState(false)
  const picked = (p: Person) => {
    pick(p)
    fail('')
    // The field that had the focus goes: on to the next step.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('dialog select')?.focus())
  }
  const assign = async () => {
    if (!person) return fail(t('staff.choose_person'))
    if (!role) {
      miss(true)
      return focusWrong()
    }
    work(true)
    try {
      await ward.assign(api, patient.id, { person: person.id, role })
      toast(t('staff.assigned', { name: person.name, patient: patient.name }))
      onClose()
      await patients.refresh(patient.id)
    } catch (e) {
      fail(explainError(e))
      work(false)
    }
  }
  const named = roles.map((r) => ({ value: r as string, label: capital(word('role', r)) }))
  const choices = [{ value: '', label: t('staff.inv_choose') }, ...named]
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
          ? (
              <p class="kw-picked">
                <PersonLine person={person} /> <Button kind="quiet" onClick={() => pick(undefined)}>{t('staff.change')}</Button>
              </p>
            )
          : <PersonPicker label={t('staff.colleague')} fits={(p) => p.kind === 'staff'} onPick={picked} />}
        <Select
          label={t('staff.role')} value={role} onChange={(value) => { setRole(value); miss(false) }}
          options={choices} error={missing ? t('staff.need') : undefined}
        />
        {problem && <Banner kind="danger">{problem}</Banner>}
      </div>
    </Dialog>
  )
}
