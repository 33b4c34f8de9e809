import { useEffect } from 'preact/hooks'
import { t } from '../../core/i18n'
import { asked, askToSignOut, openSettings, useKinward } from '../../ui/context'
import { Button, Dialog } from '../../ui/kit'
import { useSession } from '../session'

/**
 * Signing out, once somebody has asked for it: at once where nothing is lost by it, else after a question. What is not sent
 * would be deleted with everything else, and a relative has no password to come back with.
 */
export function Leave() {
  const session = useSession()
  const { outbox, me } = useKinward()
  const unsent = outbox.items.value.length
  const family = me.kind === 'family'
  const wanted = asked.leaving.value
  const ask = wanted && (unsent > 0 || family)
  const go = () => {
    askToSignOut(false)
    openSettings(false)
    void session.leave()
  }
  useEffect(() => {
    if (wanted && !ask) go()
  }, [wanted, ask])
  const stay = () => askToSignOut(false)
  const footer = (
    <>
      <Button kind="danger" onClick={go}>{t(unsent > 0 ? 'entry.leave_delete' : 'entry.sign_out')}</Button>
      <Button kind="primary" onClick={stay}>{t('entry.leave_stay')}</Button>
    </>
  )
  return (
    <Dialog open={ask} title={t('entry.leave_title')} onClose={stay} footer={footer} size="s" destructive>
      {unsent > 0 && <p>{t('entry.leave_unsent', { count: unsent })}</p>}
      {family && <p>{t('entry.leave_family')}</p>}
    </Dialog>
  )
}
