import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { NoticeSwitch } from '../../ui/alerts/notice-switch'
import { ConnectionPicker } from '../../ui/connection'
import { methodName } from '../../ui/connection/words'
import { askToSignOut, lockNow, useKinward } from '../../ui/context'
import { Button } from '../../ui/kit'
import { Select } from '../../ui/kit/desk'
import { Dialog } from '../../ui/kit/dialog'
import { LanguagePicker, RadioGroup, Switch } from '../../ui/kit/more'
import * as desk from '../../ui/desk-icons'
import * as rare from '../../ui/rare-icons'
import { percent, sizes } from '../family/text-size'
import { hasLock, useSession } from '../session'
import { Devices } from './devices'
import { ChangePassword } from './password'

/** What one chooses for this device, and one's account. */
export default function Settings({ onClose }: { onClose: () => void }) {
  const { me } = useKinward()
  const { lock } = useSession()
  const then = (act: () => void) => () => {
    onClose()
    act()
  }
  return (
    <Dialog open title={t('entry.settings')} onClose={onClose}>
      <div class="kw-settings">
        <Look />
        <Messages />
        <section class="kw-form">
          <h3>{t('entry.account')}</h3>
          <p><bdi>{me.name}</bdi>{me.handle && <> · <bdi>{me.handle}</bdi></>}</p>
          <Devices />
          <ChangePassword />
          {hasLock(me) && lock.value && <Button wide icon={rare.lock} onClick={then(lockNow)}>{t('entry.lock')}</Button>}
          <Button wide icon={desk.logOut} onClick={then(askToSignOut)}>{t('entry.sign_out')}</Button>
        </section>
      </div>
    </Dialog>
  )
}

function Look() {
  const { theme, textSize } = useKinward().settings
  return (
    <section class="kw-form">
      <LanguagePicker labelled />
      <RadioGroup legend={t('entry.theme')} layout="segments" value={theme.value} onChange={(v) => { theme.value = v }}
        options={(['system', 'light', 'dark'] as const).map((v) => ({ value: v, label: t(`entry.theme_${v}`) }))} />
      <Select label={t('entry.text_size')} value={textSize.value} onChange={(v) => { textSize.value = v }}
        options={sizes.map((v) => ({ value: v, label: percent(v) }))} />
    </section>
  )
}

function Messages() {
  const { settings, line } = useKinward()
  const [picking, setPicking] = useState(false)
  return (
    <section class="kw-form">
      <Select label={t('entry.enter')} value={settings.enterSends.value} onChange={(v) => { settings.enterSends.value = v }}
        options={(['device', 'always', 'never'] as const).map((v) => ({ value: v, label: t(`entry.enter_${v}`) }))} />
      <Switch label={t('entry.sound')} checked={settings.sound.value} onChange={(on) => { settings.sound.value = on }} />
      <NoticeSwitch />
      <div class="kw-field">
        <span class="kw-label" id="kw-arrival">{t('connection.title')}</span>
        <Button wide icon={rare.wifi} aria-haspopup="dialog" aria-describedby="kw-arrival" onClick={() => setPicking(true)}>
          {methodName(line.choice.value)}
        </Button>
      </div>
      <ConnectionPicker open={picking} onClose={() => setPicking(false)} />
    </section>
  )
}
