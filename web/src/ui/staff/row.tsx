import { useMemo } from 'preact/hooks'
import { t, tag } from '../../core/i18n'
import { shortWhen, waitingText } from '../../core/when'
import { waitedMinutes } from '../../core/waiting'
import { useKinward } from '../context'
import { Avatar, Badge, ListRow, WaitTag } from '../kit/desk'
import { Named, Seen } from './named'
import { ended, type Row } from './order'
import { Preview } from './preview'
import { bed, facts, place, readers, word } from './words'

export interface PatientRowProps {
  row: Row
  current: boolean
  /** The present time in ms. */
  now: number
}

/**
 * A patient in the list; the name that is read out is "Rosa Almeida, bed 4-12, 2 unread, waiting 42 minutes". It is
 * drawn anew only when something in it changes, and is as high with a message, a wait or a draft as without: a row that grew
 * would push those below it from under the pointer.
 */
export function PatientRow({ row, current, now }: PatientRowProps) {
  const { store } = useKinward()
  const { search } = location
  return useMemo(() => {
    const { patient, last, unread } = row
    const waited = waitedMinutes(patient, now)
    const { reading, invited } = readers(patient)
    const empty = t(reading.length + invited.length ? 'staff.no_messages' : 'staff.no_relative')
    const label = facts(
      patient.name, bed(patient), ended(patient) && word('stay', patient.status),
      unread > 0 && t('staff.unread', { count: unread }), waited !== undefined && waitingText(waited),
    )
    return (
      <ListRow
        href={`/patients/${patient.id}${search}`}
        current={current}
        strong={unread > 0}
        lead={<Avatar name={patient.name} />}
        title={<Named label={label}><bdi>{patient.name}</bdi></Named>}
        when={<Seen><bdi class="kw-bed">{place(patient)}</bdi></Seen>}
        text={
          <Seen>
            {waited !== undefined && <WaitTag minutes={waited} />}
            <Preview talk={store.talk(patient.conversation)} last={last} empty={empty} />
          </Seen>
        }
        end={
          <Seen>
            {last && waited === undefined && <time datetime={last.created_at}>{shortWhen(last.created_at, now)}</time>}
            <Badge count={unread} />
          </Seen>
        }
      />
    )
  }, [row, current, now, search, tag()])
}
