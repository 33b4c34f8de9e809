import { useEffect, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { useTitle } from '../../ui/alerts'
import { askToSignOut } from '../../ui/context'
import { Button } from '../../ui/kit'
import { LanguagePicker } from '../../ui/kit/more'
import * as rare from '../../ui/rare-icons'
import { useSession } from '../session'
import { confirmPassword } from './confirm'
import { FormFault, useForm } from './form'
import { Page } from './page'
import { OwnHandle, PasswordField } from './password-field'

/** In place of everything while the screen is locked (B-49): the own password, or signing out. */
export default function Locked({ me }: { me: Person }) {
  const session = useSession()
  const [password, setPassword] = useState('')
  useTitle(t('entry.locked_title'))
  const form = useForm({
    check: () => ({ password: password ? undefined : t('entry.missing') }),
    act: async () => {
      await confirmPassword(session.api, me.handle ?? '', password)
      session.lock.peek()?.unlock()
    },
    meaning: (e) => (e.code === 'sign_in_failed' ? { password: t('entry.lock_failed') } : undefined),
  })
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) form.ref.current?.querySelector<HTMLElement>('[name="password"]')?.focus()
  }, [])
  return (
    <Page language={<LanguagePicker />}>
      <h1>{t('entry.locked_title')}</h1>
      <p>{t('entry.locked_text', { name: me.name })}</p>
      <form ref={form.ref} class="kw-form" method="post" noValidate onSubmit={form.onSubmit}>
        <OwnHandle me={me} />
        <PasswordField label={t('entry.password')} error={form.faults['password']} value={password} onInput={setPassword}
          name="password" autocomplete="current-password" />
        <FormFault form={form} />
        <Button kind="primary" type="submit" wide icon={rare.lock} busy={form.busy}>{t('entry.unlock')}</Button>
        <Button wide onClick={() => askToSignOut()}>{t('entry.sign_out')}</Button>
      </form>
    </Page>
  )
}
