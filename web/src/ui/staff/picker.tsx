import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { Combobox } from '../kit/more'
import { usePeople } from './people'
import { PersonLine } from './person'

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
