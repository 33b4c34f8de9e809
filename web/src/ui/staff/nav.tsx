import { t } from '../../core/i18n'
import { openSettings, useKinward } from '../context'
import { ConnectionBadge } from '../connection/badge'
import { Icon, type IconName } from '../icons'
import { IconButton } from '../kit'
import { panes } from '../kit/shell'
import { Avatar, Badge } from '../kit/desk'
import * as desk from '../desk-icons'
import { commandKey } from './shortcuts'

/** Where the list of conversations among colleagues is, beside that of patients. */
export const peoplePath = '/people'

export interface NavHeadProps {
  tab: 'patients' | 'people'
  /** The list is all that is seen, so the view's heading is here. */
  heading: boolean
  onFind: () => void
}

/** The head of the list pane: who is signed in, the connection, settings, the two lists and the way to find somebody. */
export function NavHead({ tab, heading, onFind }: NavHeadProps) {
  const { me, store } = useKinward()
  const unread = { patients: 0, people: 0 }
  for (const talk of store.talks.value) unread[talk.details.value.kind === 'family' ? 'patients' : 'people'] += talk.unread.value
  const staff = me.kind === 'staff'
  return (
    <header class="kw-nav-head">
      {heading && panes.value === 1 && (
        <h1 class="kw-hidden" tabIndex={-1}>{t(tab === 'patients' ? 'staff.patients' : 'staff.conversations')}</h1>
      )}
      <div class="kw-nav-me">
        <Avatar name={me.name} size="s" />
        <div>
          <span>{t('staff.hello', { name: me.name })}</span>
          <ConnectionBadge />
        </div>
        <IconButton label={t('staff.settings')} icon={desk.settings} onClick={() => openSettings()} />
      </div>
      {staff && (
        <div class="kw-nav-tabs">
          <Tab href="/" icon={desk.bed} current={tab === 'patients'} count={unread.patients} label={t('staff.patients')} />
          <Tab href={peoplePath} icon={desk.users} current={tab === 'people'} count={unread.people} label={t('staff.people')} />
        </div>
      )}
      <button type="button" class="kw-find" aria-haspopup="dialog" onClick={onFind}>
        <Icon name={desk.search} />
        <span>{t(staff ? 'staff.find_hint' : 'staff.person_hint')}</span>
        <kbd class="kw-keys" aria-hidden="true">{commandKey()} K</kbd>
      </button>
    </header>
  )
}

interface TabProps {
  href: string
  icon: IconName
  current: boolean
  count: number
  label: string
}

function Tab({ href, icon, current, count, label }: TabProps) {
  return (
    <a href={href} aria-current={current ? 'page' : undefined}>
      <Icon name={icon} /> <span>{label}</span> <Badge count={count} label={t('staff.unread', { count })} />
    </a>
  )
}
