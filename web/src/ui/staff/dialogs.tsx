import type { Patient, Relative } from '../../core/wire.gen'
import { AddColleague } from './colleague'
import { EndAccess, EndAssignment } from './endings'
import { KeysHelp } from './help'
import { InviteDialog } from './invite'
import type { TeamRow } from './words'

/** What is asked in a dialog above the page of staff, and about whom. */
export type Step =
  | { is: 'invite'; patient: Patient; named?: Relative | undefined }
  | { is: 'add-colleague'; patient: Patient }
  | { is: 'end-access'; patient: Patient; relative: Relative }
  | { is: 'end-assignment'; patient: Patient; row: TeamRow; rows: readonly TeamRow[] }
  | { is: 'keys'; waiting: boolean }

/** All dialogs of staff but the search, in one piece of code that is fetched beside the page. */
export default function StaffDialog({ step, onClose }: { step: Step; onClose: () => void }) {
  switch (step.is) {
    case 'invite': return <InviteDialog {...step} onClose={onClose} />
    case 'add-colleague': return <AddColleague {...step} onClose={onClose} />
    case 'end-access': return <EndAccess {...step} onClose={onClose} />
    case 'end-assignment': return <EndAssignment {...step} onClose={onClose} />
    case 'keys': return <KeysHelp {...step} onClose={onClose} />
  }
}
