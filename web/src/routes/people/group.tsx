import { useState } from 'preact/hooks'
import * as colleagues from '../../core/colleagues'
import type { Talk } from '../../core/conversation'
import { t, tag } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { useKinward } from '../../ui/context'
import { Button, IconButton } from '../../ui/kit'
import { Avatar } from '../../ui/kit/desk'
import { lazy } from '../../ui/lazy'
import * as desk from '../../ui/desk-icons'
import { AsideHead } from '../../ui/staff/aside'
import { Confirm } from '../../ui/staff/confirm'
import { useHandles } from '../../ui/staff/handles'
import { Distinction } from '../../ui/staff/person'

const AddPerson = lazy('piece', () => import('./add'))

/** Who is in a group; adding, leaving, removing. */
export function Group({ talk, onLeft, onClose }: { talk: Talk; onLeft: () => void; onClose: () => void }) {
  const { me, store } = useKinward()
  const [asking, ask] = useState<'' | 'add' | 'leave'>('')
  const [removing, remove] = useState<Person>()
  const names = new Intl.Collator(tag())
  const active = talk.members.value.filter((m) => m.state === 'active')
  const people = active.map((m) => m.person).sort((a, b) => names.compare(a.name, b.name))
  const handles = useHandles(people)
  const online = store.online.value
  return (
    <div class="kw-details">
      <AsideHead title={t('staff.members')} onClose={onClose} />
      <ul class="kw-folk">
        {people.map((p) => (
          <li key={p.id}>
            <Avatar name={p.name} size="s" online={online.has(p.id)} />
            <div>
              <bdi>{p.id === me.id ? t('staff.you', { name: p.name }) : p.name}</bdi>
              <small>
                <Distinction person={{ ...p, handle: handles.get(p.id) ?? '' }} /> {online.has(p.id) && t('staff.online')}
              </small>
            </div>
            {p.id !== me.id && (
              <IconButton label={t('staff.remove_of', { name: p.name })} icon={desk.logOut} onClick={() => remove(p)} />
            )}
          </li>
        ))}
      </ul>
      <div class="kw-details-part kw-form">
        <Button icon={desk.userPlus} onClick={() => ask('add')}>{t('staff.add_person')}</Button>
        <Button kind="quiet" icon={desk.logOut} onClick={() => ask('leave')}>{t('staff.leave')}</Button>
      </div>
      {asking === 'add' && <AddPerson talk={talk} inside={people} onClose={() => ask('')} />}
      {asking === 'leave' && <Leave talk={talk} onLeft={onLeft} onClose={() => ask('')} />}
      {removing && <Remove talk={talk} person={removing} onClose={() => remove(undefined)} />}
    </div>
  )
}

function Leave({ talk, onLeft, onClose }: { talk: Talk; onLeft: () => void; onClose: () => void }) {
  const { api } = useKinward()
  return (
    <Confirm
      title={t('staff.leave_ask', { title: talk.details.value.title })} doIt={t('staff.leave')} onClose={onClose}
      onDo={async () => {
        await colleagues.removeMember(api, talk.id, 'me')
        onLeft()
      }}
    >
      <p>{t('staff.leave_text')}</p>
    </Confirm>
  )
}

function Remove({ talk, person, onClose }: { talk: Talk; person: Person; onClose: () => void }) {
  const { api } = useKinward()
  return (
    <Confirm
      title={t('staff.remove_ask', { name: person.name })} doIt={t('staff.remove')} onClose={onClose}
      forbidden={t('staff.only_maker')} onDo={() => colleagues.removeMember(api, talk.id, person.id)}
    >
      <p>{t('staff.remove_text', { name: person.name })}</p>
    </Confirm>
  )
}
