import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import { shortWhen } from '../../core/when'
import { useKinward } from '../../ui/context'
import { EmptyState, Skeleton } from '../../ui/kit'
import { Avatar, Badge, ListRow } from '../../ui/kit/desk'
import * as desk from '../../ui/desk-icons'
import { useHandles } from '../../ui/staff/handles'
import { ListBody, useSteady } from '../../ui/staff/list'
import { Named, Seen } from '../../ui/staff/named'
import { About } from '../../ui/staff/person'
import { Preview } from '../../ui/staff/preview'
import { peerOf, titleOf } from '../../ui/staff/talks'
import { facts } from '../../ui/staff/words'

export interface TalksProps {
  /** In the order to show: the newest message first. */
  talks: readonly Talk[]
  current: string | undefined
  now: number
  onOrder: (order: readonly string[]) => void
  onNew: () => void
}

/** The list of direct and group conversations. */
export function Talks({ talks, current, now, onOrder, onNew }: TalksProps) {
  const { store, me } = useKinward()
  const list = useRef<HTMLUListElement>(null)
  const wanted = useMemo(() => talks.map((talk) => talk.id), [talks])
  const held = useSteady(list, wanted, '')
  const { order } = held
  const handles = useHandles(talks.flatMap((talk) => peerOf(talk, me.id) ?? []))
  useEffect(() => onOrder(order), [order])
  if (!store.ready.value) return <Skeleton rows={4} />
  if (talks.length === 0) {
    return (
      <EmptyState
        icon={desk.messages} title={t('staff.talks_none')} text={t('staff.talks_none_text')}
        action={{ label: t('staff.new'), onClick: onNew }}
      />
    )
  }
  return (
    <ListBody list={list} label={t('staff.conversations')} steady={held} current={current}>
      {(id) => {
        const talk = store.talk(id)
        const handle = talk && handles.get(peerOf(talk, me.id)?.id ?? '')
        return talk && <TalkRow key={id} talk={talk} handle={handle} current={id === current} now={now} />
      }}
    </ListBody>
  )
}

function TalkRow({ talk, handle, current, now }: { talk: Talk; handle: string | undefined; current: boolean; now: number }) {
  const { me, store } = useKinward()
  const peer = peerOf(talk, me.id)
  const online = peer !== undefined && store.online.value.has(peer.id)
  const last = talk.last.value
  const unread = talk.unread.value
  const title = titleOf(talk, me.id)
  const label = facts(
    title, peer?.role, handle, online && t('staff.online'), unread > 0 && t('staff.unread', { count: unread }),
  )
  return (
    <ListRow
      href={`/c/${talk.id}`}
      current={current}
      strong={unread > 0}
      lead={<Avatar name={title} online={online} />}
      title={<Named label={label}><bdi>{title}</bdi> <small><About talk={talk} handle={handle} /></small></Named>}
      when={<Seen>{last && <time datetime={last.created_at}>{shortWhen(last.created_at, now)}</time>}</Seen>}
      text={<Seen><Preview talk={talk} last={last} empty={t('staff.no_messages')} /></Seen>}
      end={unread > 0 && <Seen><Badge count={unread} /></Seen>}
    />
  )
}
