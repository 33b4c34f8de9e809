import { useEffect, useState } from 'preact/hooks'
import * as account from '../../core/account'
import { t } from '../../core/i18n'
import { clock, dayLabel } from '../../core/time'
import type { Session as Device } from '../../core/wire.gen'
import { useKinward } from '../../ui/context'
import { Banner, Button, Skeleton } from '../../ui/kit'
import { Tag } from '../../ui/kit/desk'
import { deviceName } from './device-name'

/** Where this person is signed in, and how to end that elsewhere. It has its place before the server has told. */
export function Devices() {
  const { api } = useKinward()
  const [list, setList] = useState<readonly Device[] | 'failed'>()
  useEffect(() => {
    if (list === undefined) account.sessions(api).then(setList, () => setList('failed'))
  }, [list])
  const known = typeof list === 'object' ? list : []
  const others = known.filter((device) => !device.current)
  const again = { label: t('entry.retry'), onClick: () => setList(undefined) }
  const end = async (devices: readonly Device[]) => {
    for (const device of devices) await account.endSession(api, device.id).catch(() => undefined)
    await account.sessions(api).then(setList, () => setList('failed')) // the new list tells whether it worked
  }
  return (
    <details>
      <summary>{t('entry.devices')}{known.length > 0 && ` (${known.length})`}</summary>
      {list === undefined && <Skeleton rows={1} />}
      {list === 'failed' && <Banner kind="warn" action={again}>{t('connection.picker_missing')}</Banner>}
      <ul class="kw-devices">
        {known.map((device) => <li key={device.id}><Row device={device} onEnd={() => end([device])} /></li>)}
      </ul>
      {others.length > 1 && <Button wide onClick={() => end(others)}>{t('entry.devices_out')}</Button>}
    </details>
  )
}

function Row({ device, onEnd }: { device: Device; onEnd: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const name = deviceName(device.device) || t('entry.device_unknown')
  const seen = `${dayLabel(device.last_seen, Date.now())} ${clock(device.last_seen)}`
  const end = () => {
    setBusy(true)
    void onEnd()
  }
  return (
    <>
      <span><bdi>{name}</bdi><br /><small class="kw-hint">{t('entry.device_seen', { when: seen })}</small></span>
      {device.current
        ? <Tag kind="ok">{t('entry.device_this')}</Tag>
        : (
          <Button kind="quiet" busy={busy} aria-label={t('entry.device_out', { device: name })} onClick={end}>
            {t('entry.sign_out')}
          </Button>
        )}
    </>
  )
}
