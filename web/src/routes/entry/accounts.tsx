import { useMemo, useState } from 'preact/hooks'
import { choose } from '../../core/account'
import { t } from '../../core/i18n'
import { fields, find } from '../../core/search'
import type { Person } from '../../core/wire.gen'
import { Button } from '../../ui/kit'
import { SearchField } from '../../ui/kit/desk'
import { RadioGroup } from '../../ui/kit/more'
import { useSession } from '../session'
import { FormFault, useForm } from './form'

/** More are found by typing; a longer list is nobody's help. */
const most = 50

/** The accounts without a password, to choose one's own from (open mode). */
export function Accounts({ list }: { list: readonly Person[] }) {
  const session = useSession()
  const [query, setQuery] = useState('')
  const [account, setAccount] = useState<string>()
  const searched = useMemo(() => list.map((person) => ({ person, fields: fields([person.name], [person.handle]) })), [list])
  const found = find(query, searched, (s) => s.fields)
  const shown = found.slice(0, most).map((s) => s.person)
  const chosen = shown.some((p) => p.id === account) ? account : undefined
  const form = useForm({
    check: () => ({ form: chosen ? undefined : t('entry.open_pick') }),
    act: async () => session.entered(await choose(session.api, chosen ?? '')),
  })
  return (
    <form ref={form.ref} class="kw-form" noValidate onSubmit={form.onSubmit}>
      <h2>{t('entry.open_choose')}</h2>
      <SearchField label={t('entry.open_search')} value={query} onInput={setQuery} />
      {shown.length === 0 && <p>{t('entry.open_none')}</p>}
      {shown.length > 0 && (
        <div class="kw-accounts">
          <RadioGroup legend={t('entry.open_choose')} legendHidden value={chosen} onChange={setAccount}
            options={shown.map((p) => ({ value: p.id, label: <bdi>{p.name}</bdi>, hint: <bdi>{p.handle}</bdi> }))} />
        </div>
      )}
      {found.length > most && <p class="kw-hint">{t('entry.open_more')}</p>}
      <FormFault form={form} />
      <Button kind="primary" type="submit" wide busy={form.busy}>{t('entry.open_continue')}</Button>
    </form>
  )
}
