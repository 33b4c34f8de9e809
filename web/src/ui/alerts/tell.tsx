import { useEffect, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { useKinward } from '../context'
import { Banner, Button, Switch, toast } from '../kit'
import { keep, kept } from '../offline/kept'
import { noticePermission, noticesWanted, wantNotices } from './notices'

/** How long "Not now" is respected. */
const notNowMs = 7 * 24 * 60 * 60 * 1000

/**
 * "Tell me when there is a reply": offered to families after their first message. The browser is asked only after a tap, and
 * never again once it has refused; then the way to allow it is told (B-38).
 */
export function TellMe() {
  const begun = useHasSent()
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
    const action = { label: t('connection.tell_denied_ok'), onClick: notNow }
    return <Banner kind="info" icon="bell-off" action={action}>{t('connection.tell_denied')}</Banner>
  }
  const ask = async () => {
    keep('tell', 'asked')
    await wantNotices(true)
    if (noticesWanted.value) toast(t('connection.tell_on'))
  }
  return (
    <div class="kw-tell">
      <Button icon="bell" onClick={() => void ask()}>{t('connection.tell')}</Button>
      <Button kind="quiet" onClick={notNow}>{t('connection.tell_dismiss')}</Button>
      <p class="kw-hint">{t('connection.tell_hint')}</p>
    </div>
  )
}

/** The switch for notices in the settings, with the reason where they can't be had. */
export function NoticeSwitch() {
  const permission = noticePermission.value
  const hint = permission === 'unavailable' ? 'connection.alerts_unavailable' : permission === 'denied' ? 'connection.tell_denied' : 'connection.alerts_hint'
  return (
    <Switch
      label={t('connection.alerts_switch')}
      hint={t(hint)}
      checked={noticesWanted.value}
      disabled={permission === 'unavailable' || permission === 'denied'}
      onChange={(on) => void wantNotices(on)}
    />
  )
}

// Whether this person has ever written from this device.
function useHasSent(): boolean {
  const { outbox } = useKinward()
  const [sent, setSent] = useState(() => kept('sent') === 'yes')
  useEffect(() => sent ? undefined : outbox.onSent(() => {
    keep('sent', 'yes')
    setSent(true)
  }), [sent, outbox])
  return sent
}
