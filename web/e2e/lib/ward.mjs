// The demo hospital as a ward would set it up, and relatives of its patients beside those whom the demo brings along.

export const phone = '+351 21 555 0142'

/** What a hospital tells relatives: whom to call, and when answers come. */
export const wardFlags = [
  '--hospital', 'St. Clare', '--urgent-phone', phone, '--answers-within', '2h', '--answers-from', '08:00', '--answers-until', '20:00',
]

/** Patients whom a relative can be invited to, none of whom has one yet. */
export async function alone(doctor) {
  const here = (f) => f.state === 'active' || f.state === 'invited'
  return (await doctor.patients()).filter((p) => p.birth_date && p.conversation && !p.family.some(here))
}

export function invite(doctor, patient, { name = 'Rita Card', relationship = 'daughter', scope = 'two-way' } = {}) {
  return doctor.call('POST', `/patients/${patient.id}/invitations`, { name, relationship, scope, consent: { basis: 'agreed' } })
}

/** Somebody of the family who was invited to each of these patients and has come in. */
export async function relative(hospital, doctor, patients, how = {}) {
  const name = how.name ?? 'Rita Card'
  const person = await hospital.person('family', `family.${Math.random().toString(36).slice(2, 8)}`, name)
  for (const patient of patients) {
    const { code } = await invite(doctor, patient, { ...how, name })
    await person.call('POST', '/invitations/redeem', { code, birth_date: patient.birth_date })
  }
  return person
}
