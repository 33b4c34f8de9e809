import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import { fields, find, type Fields } from '../../core/search'
import { order as byWaiting, waitedMinutes } from '../../core/waiting'
import type { Patient, Person } from '../../core/wire.gen'
import { useKinward } from '../context'
import { toast } from '../kit'
import { Avatar, Badge, WaitTag } from '../kit/desk'
import { Dialog } from '../kit/dialog'
import { Combobox, type ComboboxOption } from '../kit/more'
import { useLocation } from '../location'
import { About, PersonLine } from './person'
import { explainError } from './failure'
import { usePeople } from './people'
import { openDirect, peerOf, titleOf } from './talks'
import { born, facts, listReaders, place } from './words'

/** Of each kind, no more are offered: who is not among them is found by another letter. */
const MOST = 12

const nobody: readonly Patient[] = []

const prepared = new WeakMap<Patient, Fields>()

/** What a patient is found by, folded once for each state of the record. */
function fieldsOf(p: Patient): Fields {
  let made = prepared.get(p)
  if (!made) {
    const numbers = (p.identifiers ?? []).map((i) => i.value)
    prepared.set(p, (made = fields([p.name], [place(p), p.bed, p.room, p.ward, ...numbers])))
  }
  return made
}

/** Finds a patient, a conversation or a person by a few letters (B-30). The text stays in this dialog. */
export default function Switcher({ onClose }: { onClose: () => void }) {
  const kinward = useKinward()
  const { route } = useLocation()
  const [query, type] = useState('')
  const staff = kinward.me.kind === 'staff'
  const found = useFound(query)
  const busy = found.busy && found.patients.length === 0
  const options: ComboboxOption[] = [
    ...found.patients.map((p) => ({ id: `/patients/${p.id}`, group: t('staff.patients'), label: <PatientLine patient={p} /> })),
    ...found.talks.map((talk) => ({ id: `/c/${talk.id}`, group: t('staff.conversations'), label: <TalkLine talk={talk} /> })),
    ...found.people.map((p) => ({ id: p.id, group: t('staff.people'), label: <PersonLine person={p} /> })),
  ]
  const go = (id: string) => {
    const person = found.people.find((p) => p.id === id)
    onClose()
    if (!person) return route(id)
    openDirect(kinward, person).then((talk) => route(`/c/${talk}`), (e: unknown) => toast(explainError(e)))
  }
  // One Esc leaves, whatever is typed: the combobox would empty its field first.
  const leave = (e: KeyboardEvent) => {
    if (e.key !== 'Escape' || e.isComposing || e.keyCode === 229) return
    e.preventDefault()
    e.stopPropagation()
    onClose()
  }
  const label = t(staff ? 'staff.find' : 'staff.find_person')
  return (
    <Dialog open title={label} titleHidden flush onClose={onClose}>
      <div onKeyDownCapture={leave}>
        <Combobox
          inline autofocus label={label} labelHidden value={query} onInput={type} options={options} onChoose={go} busy={busy}
          placeholder={t(staff ? 'staff.find_hint' : 'staff.person_hint')} empty={t('staff.found_none')}
        />
      </div>
    </Dialog>
  )
}

interface Found {
  patients: readonly Patient[]
  talks: readonly Talk[]
  people: readonly Person[]
  /** The server's answers are still on their way. */
  busy: boolean
}

/** Local answers at once; the server is asked for people, and for patients where none of the known ones fits. */
function useFound(query: string): Found {
  const kinward = useKinward()
  const { store, me } = kinward
  const own = me.kind === 'staff' ? kinward.patients.list.value : nobody
  const patients = useMemo(
    () => query.trim() ? find(query, own, fieldsOf, MOST) : byWaiting(own).slice(0, 8),
    [own, query],
  )
  useEffect(() => own.forEach(fieldsOf), [own]) // folded before the first letter is typed
  const talks = store.talks.value.filter((talk) => talk.details.value.kind !== 'family')
  const met = useMemo(() => new Set(talks.flatMap((talk) => peerOf(talk, me.id)?.id ?? [])), [talks])
  const recent = me.kind === 'staff' ? [] : talks.slice(0, 8)
  const fitting = query.trim() ? find(query, talks, (talk) => fields([titleOf(talk, me.id)]), 5) : recent
  const remote = usePeople(query, 2)
  return { patients, talks: fitting, people: remote.people.filter((p) => !met.has(p.id)).slice(0, MOST), busy: remote.busy }
}

/** With birth date and relatives: two patients of one name must not be taken for each other. */
function PatientLine({ patient }: { patient: Patient }) {
  const { store } = useKinward()
  const waited = waitedMinutes(patient, Date.now())
  return (
    <span class="kw-person">
      <Avatar name={patient.name} size="s" />
      <span>
        <bdi>{patient.name}</bdi> <b class="kw-bed"><bdi>{place(patient)}</bdi></b>{' '}
        <small>{facts(born(patient), listReaders(patient))}</small>
      </span>
      {waited !== undefined && <WaitTag minutes={waited} />}
      <Badge count={store.talk(patient.conversation)?.unread.value ?? 0} />
    </span>
  )
}

function TalkLine({ talk }: { talk: Talk }) {
  const { me } = useKinward()
  return (
    <span class="kw-person">
      <Avatar name={titleOf(talk, me.id)} size="s" />
      <span><bdi>{titleOf(talk, me.id)}</bdi> <small><About talk={talk} /></small></span>
      <Badge count={talk.unread.value} />
    </span>
  )
}

