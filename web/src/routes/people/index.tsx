import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import { ConnectionBar, UpdateBar } from '../../ui/connection'
import { useKinward, useTitle } from '../../ui/context'
import { Button, EmptyState } from '../../ui/kit'
import { panes, Shell } from '../../ui/kit/shell'
import { useLocation } from '../../ui/location'
import { lazy } from '../../ui/lazy'
import * as desk from '../../ui/desk-icons'
import { useAside } from '../../ui/staff/aside'
import { NavHead, peoplePath } from '../../ui/staff/nav'
import { useMinute } from '../../ui/staff/now'
import { neighbour } from '../../ui/staff/order'
import { StaffDialog, Switcher, useSwitcherSoon } from '../../ui/staff/pieces'
import { useShortcuts } from '../../ui/staff/shortcuts'
import { Group } from './group'
import { Talks } from './list'
import { NoTalk, TalkView } from './talk'

const NewConversation = lazy('piece', () => import('./new'))

/** Direct and group conversations: all there is for members and administrators, the second list of staff. */
export default function People() {
  const { path, route } = useLocation()
  const { store, me } = useKinward()
  const now = useMinute()
  const order = useRef<readonly string[]>([])
  const [dialog, show] = useState<'' | 'find' | 'help' | 'new'>('')
  const [aside, setAside] = useAside()
  useSwitcherSoon()
  const id = /^\/c\/([^/]+)/.exec(path)?.[1]
  const talks = store.talks.value.filter((talk) => talk.details.value.kind !== 'family')
  const talk = id ? store.talk(id) : undefined
  useFamilyDoor(talk, id)

  const home = me.kind === 'staff' ? peoplePath : '/'
  const back = () => {
    setAside(false)
    route(home)
  }
  const go = (to: string | undefined) => to && route(`/c/${to}`)
  useShortcuts({
    find: () => show('find'),
    help: () => show('help'),
    step: (by, waiting) => go(neighbour(order.current.filter((c) => !waiting || unread(store.talk(c))), id, by)),
    leave: () => (aside && panes.peek() < 3 ? setAside(false) : panes.peek() === 1 && id && back()),
  })
  const onOrder = useCallback((shown: readonly string[]) => { order.current = shown }, [])
  const open = talk?.active.value ? talk : undefined
  const group = open?.details.value.kind === 'group' ? open : undefined
  return (
    <>
      <Shell
        header={<><ConnectionBar /><UpdateBar /></>}
        navLabel={t('staff.conversations')}
        nav={
          <div class="kw-rows">
            <NavHead tab="people" heading={!id} onFind={() => show('find')} />
            <div class="kw-inbox">
              <div class="kw-filters"><Button icon={desk.plus} wide onClick={() => show('new')}>{t('staff.new')}</Button></div>
              <Talks {...{ talks, now, onOrder }} current={id} onNew={() => show('new')} />
            </div>
          </div>
        }
        main={open
          ? (
              <TalkView
                talk={open} details={aside} onDetails={() => setAside(!aside)}
                onBack={panes.value === 1 ? back : undefined}
              />
            )
          : id ? <NoTalk onBack={back} /> : <Welcome onNew={() => show('new')} />}
        aside={group && <Group talk={group} onLeft={back} onClose={() => setAside(false)} />}
        asideLabel={t('staff.members')}
        showing={aside && group ? 'aside' : id ? 'main' : 'nav'}
      />
      {dialog === 'find' && <Switcher onClose={() => show('')} />}
      {dialog === 'help' && <StaffDialog step={{ is: 'keys', waiting: false }} onClose={() => show('')} />}
      {dialog === 'new' && <NewConversation onClose={() => show('')} />}
    </>
  )
}

function unread(talk: Talk | undefined): boolean {
  return (talk?.unread.peek() ?? 0) > 0
}

/** A family's conversation is opened under its patient's banner only, whatever address led to it (W14). */
function useFamilyDoor(talk: Talk | undefined, id: string | undefined) {
  const { route } = useLocation()
  const patient = talk?.active.value && talk.details.value.kind === 'family' ? talk.details.value.patient?.id : undefined
  useEffect(() => {
    if (patient) route(`/patients/${patient}`, true)
  }, [patient, id])
}

function Welcome({ onNew }: { onNew: () => void }) {
  useTitle(t('staff.conversations'))
  return (
    <EmptyState
      level={1} icon={desk.messages} title={t('staff.choose_talk')} text={t('staff.talks_none_text')}
      action={{ label: t('staff.new'), onClick: onNew }}
    />
  )
}
