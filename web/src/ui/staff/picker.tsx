import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { Avatar, Combobox } from '../kit'
import { usePeople } from './people'

export interface PersonPickerProps {
  label: string
  onPick: (person: Person) => void
  /** Who may be picked; everybody unless told. */
  fits?: (person: Person) => boolean
}

/** Finds a person of the directory by name or handle. The field is empty again after each choice. */
export function PersonPicker({ label, onPick, fits = () => true }: PersonPickerProps) {
  const [query, type] = useState('')
  const { people, busy } = usePeople(query)
  const fitting = people.filter(fits)
  return (
    <Combobox
      label={label} value={query} onInput={type} busy={busy} autofocus
      placeholder={t('staff.person_hint')} empty={t('staff.found_none')}
      options={fitting.map((p) => ({ id: p.id, label: <PersonLine person={p} /> }))}
      onChoose={(id) => {
        const person = fitting.find((p) => p.id === id)
        type('')
        if (person) onPick(person)
      }}
    />
  )
}

/** Name, then role and handle, by which namesakes are told apart. */
export function PersonLine({ person }: { person: Person }) {
  return (
    <span class="kw-person">
      <Avatar name={person.name} size="s" />
      <span><bdi>{person.name}</bdi> <small><Distinction person={person} /></small></span>
    </span>
  )
}

export function Distinction({ person }: { person: Person }) {
  return <>{person.role && <><bdi>{person.role}</bdi> </>}{person.handle && <bdi dir="ltr">@{person.handle}</bdi>}</>
}
