import { useEffect } from 'preact/hooks'
import { asked, askToSignOut, openSettings, useKinward } from '../../ui/context'
import { lazy } from '../../ui/lazy'
import { useSession } from '../session'

const Question = lazy('piece', () => import('./leave-question'))

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
  return ask ? <Question unsent={unsent} family={family} onLeave={go} onClose={() => askToSignOut(false)} /> : null
}
