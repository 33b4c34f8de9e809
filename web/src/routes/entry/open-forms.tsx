import { useEffect, useState } from 'preact/hooks'
import * as account from '../../core/account'
import type { ApiError } from '../../core/api'
import { t } from '../../core/i18n'
import type { Choice } from '../../core/line'
import { MAX_NAME, type Person } from '../../core/wire.gen'
import { methods } from '../../ui/connection/measures'
import { methodName } from '../../ui/connection/words'
import { Banner, Button, Skeleton } from '../../ui/kit'
import { Select, TextField } from '../../ui/kit/desk'
import { useSession } from '../session'
import { Accounts } from './accounts'
import { FormFault, useForm, type Faults } from './form'
import { minPassword, PasswordField } from './password-field'

/** Open mode: one chooses one's account or makes one by a name alone, and says how messages shall come. */
export default function OpenForms() {
  const { api } = useSession()
  const [made, setMade] = useState<Person>()
  const [list, setList] = useState<readonly Person[] | 'failed'>()
  useEffect(() => {
    if (list === undefined) account.accounts(api).then(setList, () => setList('failed'))
  }, [list])
  if (made) return <SignInName person={made} />
  return (
    <div class="kw-form">
      <Banner kind="warn">{t('entry.open_warning')}</Banner>
      <ReceiveBy />
      {list === 'failed' && (
        <Banner kind="warn" action={{ label: t('entry.retry'), onClick: () => setList(undefined) }}>{t('connection.picker_missing')}</Banner>
      )}
      {list && list !== 'failed' && list.length > 0 && <Accounts list={list} />}
      {/* Not before the list, which would push it down under a finger. */}
      {list ? <RegisterForm onMade={setMade} /> : <Skeleton />}
    </div>
  )
}

function ReceiveBy() {
  const { choice } = useSession().settings
  const choices: readonly Choice[] = ['automatic', ...methods]
  return (
    <Select label={t('entry.receive')} value={choice.value} onChange={(c) => { choice.value = c }}
      options={choices.map((c) => ({ value: c, label: methodName(c) }))} />
  )
}

function RegisterForm({ onMade }: { onMade: (person: Person) => void }) {
  const session = useSession()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const form = useForm({
    check: () => ({
      name: name.trim() ? undefined : t('entry.missing'),
      password: password && [...password].length < minPassword ? t('entry.password_rule', { count: minPassword }) : undefined,
    }),
    act: async () => {
      const person = await account.register(session.api, { name: name.trim(), ...(password && { password }) })
      if (password) onMade(person)
      else await session.entered(person)
    },
    meaning,
  })
  return (
    <form ref={form.ref} class="kw-form" noValidate onSubmit={form.onSubmit}>
      <h2>{t('entry.open_register')}</h2>
      <TextField label={t('entry.open_name')} error={form.faults['name']} value={name} onInput={setName}
        name="name" autocomplete="name" maxLength={MAX_NAME} />
      <PasswordField label={t('entry.open_password')} hint={t('entry.open_password_hint', { count: minPassword })}
        error={form.faults['password']} value={password} onInput={setPassword} name="new-password" autocomplete="new-password" />
      <FormFault form={form} />
      <Button type="submit" wide busy={form.busy}>{t('entry.open_make')}</Button>
    </form>
  )
}

function meaning(e: ApiError): Faults | undefined {
  if (e.code !== 'invalid') return undefined
  return e.field === 'password' ? { password: t('entry.password_rule', { count: minPassword }) } : { name: t('entry.too_long') }
}

// The server has made a name to sign in by; whoever has a password needs it next time.
function SignInName({ person }: { person: Person }) {
  const session = useSession()
  const [busy, setBusy] = useState(false)
  const go = () => {
    setBusy(true)
    void session.entered(person)
  }
  return (
    <div class="kw-form">
      <Banner kind="ok">{t('entry.open_note', { handle: person.handle ?? '' })}</Banner>
      <Button kind="primary" wide busy={busy} onClick={go} autofocus>{t('entry.open_continue')}</Button>
    </div>
  )
}
