import { t } from '../../core/i18n'
import { Dialog } from '../kit/dialog'
import { commandKey } from './shortcuts'

/** Lists the keys (B-32). */
export function KeysHelp({ onClose, waiting }: { onClose: () => void; waiting: boolean }) {
  const command = commandKey()
  const rows: [string, string[]][] = [
    [t('staff.keys_find'), [`${command}+K`]],
    [t('staff.keys_step'), ['Alt+↑', 'Alt+↓']],
    ...(waiting ? [[t('staff.keys_wait'), ['Alt+Shift+↑', 'Alt+Shift+↓']] as [string, string[]]] : []),
    [t('staff.keys_region'), ['Ctrl+F6']],
    [t('staff.keys_send'), ['Enter', 'Shift+Enter']],
    [t('staff.keys_close'), ['Esc']],
    [t('staff.keys_help'), [`${command}+/`]],
  ]
  return (
    <Dialog open size="s" title={t('staff.keys')} onClose={onClose}>
      <dl class="kw-facts">
        {rows.map(([name, keys]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="ltr">{keys.map((k) => <kbd key={k}>{k}</kbd>)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
