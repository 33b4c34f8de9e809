import { useState } from 'preact/hooks'
import * as account from '../../core/account'
import { t } from '../../core/i18n'
import { Button } from '../../ui/kit'
import { TextField } from '../../ui/kit/desk'
import { useSession } from '../session'
import { FormFault, useForm } from './form'
import { PasswordField } from './password-field'

/** Signs in by handle and password, in a form that password managers know. */
export function StaffForm() {
  const session = useSession()
  const [handle, setHandle] = useState('')
  const [password, setPassword] = useState('')
  const form = useForm({
    check: () => ({
      handle: handle.trim() ? undefined : t('entry.missing'),
      password: password ? undefined : t('entry.missing'),
    }),
    act: async () => session.entered(await account.signIn(session.api, handle.trim(), password)),
  })
  return (
    <form ref={form.ref} class="kw-form" method="post" noValidate onSubmit={form.onSubmit}>
      <TextField label={t('entry.handle')} error={form.faults['handle']} value={handle} onInput={setHandle} dir="ltr"
        name="username" autocomplete="username" autocapitalize="none" spellcheck={false} />
      <PasswordField label={t('entry.password')} error={form.faults['password']} value={password} onInput={setPassword}
        name="password" autocomplete="current-password" />
      <FormFault form={form} />
      <Button kind="primary" type="submit" wide busy={form.busy}>{t('entry.sign_in')}</Button>
      <p class="kw-hint">{t('entry.staff_help')}</p>
    </form>
  )
}
