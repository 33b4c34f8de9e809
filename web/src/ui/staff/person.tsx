import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Avatar } from '../kit/desk'
import { useComputed } from '../signals'
import { membersOf, peerOf } from './talks'

/** Name, then role and handle, by which namesakes are told apart. */
export function PersonLine({ person }: { person: Person }) {
  return (
    <span class="kw-person">
      <Avatar name={person.name} size="s" />
      <span><bdi>{person.name}</bdi> <small><Distinction person={person} /></small></span>
    </span>
  )
}

/** What a conversation is besides its title: who the other one is, or how many a group has. */
export function About({ talk, handle }: { talk: Talk; handle?: string | undefined }) {
  const { me } = useKinward()
  const count = useComputed(() => membersOf(talk))
  const peer = peerOf(talk, me.id)
  if (!peer) return <>{t('staff.members_count', { count: count.value })}</>
  return <Distinction person={handle ? { ...peer, handle } : peer} />
}

export function Distinction({ person }: { person: Person }) {
  return <>{person.role && <><bdi>{person.role}</bdi> </>}{person.handle && <bdi dir="ltr">@{person.handle}</bdi>}</>
}
