import { useEffect, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { useKinward } from '../context'
import { Banner, Button, toast } from '../kit'
import { keep, kept } from '../offline/kept'
import * as rare from '../rare-icons'
import { noticePermission, noticesWanted, wantNotices } from './notices'

/** How long "Not now" is respected. */
const notNowMs = 7 * 24 * 60 * 60 * 1000

/**
 * "Tell me when there is a reply": offered to families after their first message. The browser is asked only after a tap, and
 * never again once it has refused; then the way to allow it is told (B-38).
 */
export function TellMe() {
  const begun = useHasWritten()
  const [hidden, setHidden] = useState(() => Date.now() < Number(kept('tell_after') ?? 0))
  const permission = noticePermission.value
  if (permission === 'unavailable' || !begun || noticesWanted.value || hidden) return null
  const notNow = () => {
    keep('tell_after', String(Date.now() + notNowMs))
    setHidden(true)
  }
  if (permission === 'denied') {
    // Told only to somebody who has asked for it, on this page.
    if (kept('tell') !== 'asked') return null
    const action = { label: t('connection.understood'), onClick: notNow }
    return <Banner kind="info" icon={rare.bellOff} action={action}>{t('connection.tell_denied')}</Banner>
  }
  const ask = async () => {
    keep('tell', 'asked')
    await wantNotices(true)
    if (noticesWanted.value) toast(t('connection.tell_on'))
  }
  return (
    <div class="kw-tell">
      <Button icon={rare.bell} onClick={() => void ask()}>{t('connection.tell')}</Button>
      <Button kind="quiet" onClick={notNow}>{t('connection.tell_dismiss')}</Button>
      <p class="kw-hint">{t('connection.tell_hint')}</p>
    </div>
  )
}

// Whether there is a reply to wait for: this person has written, here or on another device.
function useHasWritten(): boolean {
  const { me, store } = useKinward()
  const waiting = store.talks.value.some((talk) => talk.last.value?.sender === me.id)
  const [written] = useState(() => kept('sent') === 'yes')
  useEffect(() => {
    if (waiting) keep('sent', 'yes')
  }, [waiting])
  return waiting || written
}
