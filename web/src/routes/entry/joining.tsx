import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { askToSignOut } from '../../ui/context'
import { Banner, Button } from '../../ui/kit'
import { useSession } from '../session'
import { FamilyForm } from './family-form'

/** A card that somebody opens who is signed in: relatives add a conversation, others would lose their own sign-in. */
export function Joining({ me }: { me: Person }) {
  const session = useSession()
  const family = me.kind === 'family'
  return (
    <>
      <h1>{t('entry.welcome')}</h1>
      <Banner kind={family ? 'info' : 'warn'}>
        {t(family ? 'entry.joining_family' : 'entry.joining_other', { name: me.name })}
      </Banner>
      {family ? <FamilyForm known /> : <Button wide onClick={() => askToSignOut()}>{t('entry.sign_out')}</Button>}
      <Button wide icon="arrow-left" onClick={() => session.putCardAway()}>{t('entry.back')}</Button>
    </>
  )
}
