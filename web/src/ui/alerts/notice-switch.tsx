import { t } from '../../core/i18n'
import { Switch } from '../kit/more'
import { noticePermission, noticesWanted, wantNotices } from './notices'

/** The switch for notices in the settings, with the reason where they can't be had. */
export function NoticeSwitch() {
  const permission = noticePermission.value
  const hint = permission === 'unavailable' ? 'connection.alerts_unavailable'
    : permission === 'denied' ? 'connection.tell_denied' : 'connection.alerts_hint'
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
