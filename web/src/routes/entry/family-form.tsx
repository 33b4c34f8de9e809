import { useState } from 'preact/hooks'
import * as account from '../../core/account'
import type { ApiError } from '../../core/api'
import { explain, t, tag } from '../../core/i18n'
import { MAX_NAME } from '../../core/wire.gen'
import { Button } from '../../ui/kit'
import { TextField } from '../../ui/kit/desk'
import { useSession } from '../session'
import { exampleDate, birthDate } from './birth'
import { BirthFields, type Birth } from './birth-fields'
import { codeLength, group, strange, tidy } from './code'
import { FormFault, useForm, type Faults } from './form'
import { ScanCard } from './scan-card'

/** Enters a relative by the code on their card and the patient's birth date. `known`: their name is known already. */
export function FamilyForm({ known }: { known?: boolean }) {
  const session = useSession()
  const [code, setCode] = useState(() => group(session.card.peek() ?? ''))
  const [birth, setBirth] = useState<Birth>({ day: '', month: 0, year: '' })
  const [name, setName] = useState('')
  const date = birthDate(birth.day, birth.month, birth.year)
  const form = useForm({
    check: () => ({
      code: codeFault(tidy(code)),
      birth: date ? undefined : t('entry.birth_wrong', { example: exampleDate(tag()) }),
    }),
    act: async () => {
      const own = name.trim()
      const card = { code: tidy(code), birth_date: date ?? '' }
      const { person } = await account.redeem(session.api, own ? { ...card, name: own } : card)
      await session.entered(person)
    },
    meaning,
  })
  return (
    <form ref={form.ref} class="kw-form" noValidate onSubmit={form.onSubmit}>
      {session.card.value ? <p>{t('entry.code_here')}</p> : <ScanCard onCode={(found) => setCode(group(found))} />}
      <CodeField value={code} onInput={setCode} error={form.faults['code']} />
      <BirthFields value={birth} onInput={setBirth} error={form.faults['birth']} />
      {!known && (
        <TextField label={t('entry.name')} hint={t('entry.name_hint')} error={form.faults['name']} value={name} onInput={setName}
          name="name" autocomplete="name" maxLength={MAX_NAME} />
      )}
      <FormFault form={form} />
      <Button kind="primary" type="submit" wide busy={form.busy}>{t('entry.start')}</Button>
    </form>
  )
}

/** Shows the code in groups as long as one types at its end; within it nothing moves under the caret. */
function CodeField({ value, onInput, error }: { value: string; onInput: (value: string) => void; error: string | undefined }) {
  const typed = (now: string) => {
    const field = document.activeElement
    const atEnd = !(field instanceof HTMLInputElement) || field.selectionStart === now.length
    onInput(atEnd ? group(now) : now)
  }
  return (
    <TextField label={t('entry.code')} hint={t('entry.code_hint')} error={error} value={value} onInput={typed}
      onBlur={() => onInput(group(value))}
      code dir="ltr" name="code" autocomplete="off" autocapitalize="characters" spellcheck={false} enterkeyhint="next" />
  )
}

function codeFault(code: string): string | undefined {
  if (strange(code)) return t('entry.code_letters')
  return code.length === codeLength ? undefined : t('entry.code_length')
}

function meaning(e: ApiError): Faults | undefined {
  switch (e.code) {
    case 'invitation_invalid': return { code: t('entry.code_dead') }
    case 'second_factor_wrong': return { birth: explain(e) }
    case 'invalid': return e.field === 'name' ? { name: t('entry.too_long') } : undefined
    default: return undefined
  }
}
