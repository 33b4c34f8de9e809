import { useState } from 'preact/hooks'
import * as account from '../../core/account'
import { t } from '../../core/i18n'
import { useKinward } from '../../ui/context'
import { announce, Banner, Button } from '../../ui/kit'
import { FormFault, useForm } from '../entry/form'
import { minPassword, OwnHandle, PasswordField } from '../entry/password-field'

/** Changes the own password, which signs all other devices out. */
export function ChangePassword() {
  const { api, me } = useKinward()
  const [now, setNow] = useState('')
  const [next, setNext] = useState('')
  const [done, setDone] = useState(false)
  const rule = t('entry.password_rule', { count: minPassword })
  const form = useForm({
    check: () => ({ now: now ? undefined : t('entry.missing'), next: [...next].length < minPassword ? rule : undefined }),
    act: async () => {
      await account.changePassword(api, now, next)
      setNow('')
      setNext('')
      setDone(true)
      announce(t('entry.password_done'))
    },
    meaning: (e) => {
      if (e.code !== 'invalid') return undefined
      return e.field === 'current' ? { now: t('entry.lock_failed') } : { next: rule }
    },
  })
  if (done) return <Banner kind="ok">{t('entry.password_done')}</Banner>
  return (
    <details>
      <summary>{t('entry.password_change')}</summary>
      <form ref={form.ref} class="kw-form" method="post" noValidate onSubmit={form.onSubmit}>
        <OwnHandle me={me} />
        <PasswordField label={t('entry.password_now')} error={form.faults['now']} value={now} onInput={setNow}
          name="password" autocomplete="current-password" />
        <PasswordField label={t('entry.password_new')} hint={rule} error={form.faults['next']} value={next} onInput={setNext}
          name="new-password" autocomplete="new-password" />
        <FormFault form={form} />
        <Button type="submit" wide busy={form.busy}>{t('entry.password_change')}</Button>
      </form>
    </details>
  )
}
