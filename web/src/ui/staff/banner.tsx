import { t, listOf } from '../../core/i18n'
import type { Patient } from '../../core/wire.gen'
import { Avatar } from '../kit/desk'
import { age, bed, born, place, readers, recordNumber, relative, word } from './words'

/**
 * Who the patient is and who reads, always in view above the conversation (W14): name, bed, birth date and age, sex, number,
 * status, and the relatives with what they are to the patient.
 */
export function PatientBanner({ patient, now }: { patient: Patient; now: number }) {
  const { reading, invited } = readers(patient)
  const number = recordNumber(patient)
  const where = [patient.bed && bed(patient), patient.ward !== place(patient) && patient.ward].filter(Boolean)
  const facts = [
    born(patient), age(patient.birth_date, now), patient.sex && patient.sex !== 'unknown' && word('sex', patient.sex),
    number && t('staff.number', { number }), patient.status && word('stay', patient.status),
  ].filter(Boolean)
  return (
    <div class="kw-patient">
      <Avatar name={patient.name} />
      <div class="kw-patient-words">
        <h1 tabIndex={-1}>
          <bdi>{patient.name}</bdi>{' '}
          <span class="kw-patient-bed">{where.map((w) => <span key={w}><bdi>{w}</bdi></span>)}</span>
        </h1>
        <p class="kw-patient-facts">{facts.map((f) => <span key={f}><bdi>{f}</bdi></span>)}</p>
        <p class="kw-patient-family">
          {reading.length > 0 && <span>{t('staff.family_names', { names: listOf(reading.map(relative)) })}</span>}
          {invited.length > 0 && (
            <span class="is-waiting">{t('staff.invited_names', { names: listOf(invited.map(relative)) })}</span>
          )}
          {reading.length + invited.length === 0 && <span class="is-waiting">{t('staff.no_relative')}</span>}
        </p>
      </div>
    </div>
  )
}
