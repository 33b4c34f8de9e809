import { listOf, t } from '../../core/i18n'
import type { Patient, Person } from '../../core/wire.gen'
import type { Guard } from '../chat/guard'
import { asking } from './asking'
import { bed, born, facts as listed, readers, recordNumber, relative, word } from './words'

/** What keeps a message from going to the wrong family (W14): to whom it goes, in full, and the question before the first. */
export function guardOf(patient: Patient): Guard {
  const { reading, invited } = readers(patient)
  const names = listOf((reading.length ? reading : invited).map(relative))
  const number = recordNumber(patient)
  const facts = [bed(patient), born(patient), number && t('staff.number', { number: tail(number) })].filter(Boolean)
  return {
    patientLine: [t('staff.write_to', { names, patient: patient.name }), ...facts].join(' · '),
    asking,
    confirmText: t(reading.length ? 'staff.guard' : 'staff.guard_invited', { names, patient: listed(patient.name, ...facts) }),
  }
}

/** Why nobody may write: there is no one in the family who could ever read it. Undefined where somebody can. */
export function refusal(patient: Patient): string | undefined {
  const { reading, invited } = readers(patient)
  return reading.length + invited.length ? undefined : t('staff.refused')
}

/** What stands behind an author's name: what a relative is to the patient, what a colleague does (N2). */
export function captionOf(patient: Patient, person: Person): string | undefined {
  if (person.kind === 'family') {
    const link = patient.family?.find((r) => r.person === person.id)
    return link && word('relationship', link.relationship)
  }
  const role = patient.team?.find((m) => m.person === person.id)?.role
  return person.role || (role && word('role', role)) || undefined
}

/** The end of a long number is what differs. */
function tail(number: string): string {
  return number.length > 10 ? `…${number.slice(-6)}` : number
}
