import * as colleagues from '../../core/colleagues'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { useKinward } from '../../ui/context'
import { toast } from '../../ui/kit'
import { Dialog } from '../../ui/kit/dialog'
import { explainError } from '../../ui/staff/failure'
import { PersonPicker } from '../../ui/staff/picker'

export interface AddPersonProps {
  talk: Talk
  /** Who is in the group already. */
  inside: readonly Person[]
  onClose: () => void
}

/** Adds somebody to a group, who then reads all of it: that is said before. */
export default function AddPerson({ talk, inside, onClose }: AddPersonProps) {
  const { api } = useKinward()
  const add = (person: Person) => {
    onClose()
    colleagues.addMember(api, talk.id, person.id).catch((e: unknown) => toast(explainError(e)))
  }
  return (
    <Dialog open title={t('staff.add_person')} onClose={onClose}>
      <p>{t('staff.sees_all')}</p>
      <PersonPicker label={t('staff.add_person')} fits={(p) => inside.every((i) => i.id !== p.id)} onPick={add} />
    </Dialog>
  )
}
