import { useContext, useEffect } from 'preact/hooks'
import { t } from '../../core/i18n'
import { KinwardContext } from '../context'
import { Banner } from '../kit'
import { startUpdates, updates } from './updates'

/** The bar of `./index`, once its code is here. It updates by itself only while nobody looks and nothing could be lost (P-5). */
export function UpdateBar() {
  const kinward = useContext(KinwardContext)
  const ready = updates.ready.value
  const waiting = kinward?.outbox.items.value.length ?? 0
  useEffect(startUpdates, [])
  useEffect(() => {
    if (!ready || waiting > 0) return
    const whenUnseen = () => {
      if (document.visibilityState === 'hidden' && !somethingBegun()) updates.apply()
    }
    whenUnseen()
    document.addEventListener('visibilitychange', whenUnseen)
    return () => document.removeEventListener('visibilitychange', whenUnseen)
  }, [ready, waiting])
  if (!ready) return null
  const action = { label: t('connection.update_action'), onClick: () => updates.apply() }
  return <Banner edge kind="info" icon="refresh" action={action}>{t('connection.update')}</Banner>
}

// Text in any field, or a dialog: somebody will come back to it.
function somethingBegun(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('textarea, input')
  const filled = [...fields].some((f) => f.value !== '' && !/radio|checkbox|hidden/.test(f.type))
  return filled || document.querySelector('dialog[open]') !== null
}
