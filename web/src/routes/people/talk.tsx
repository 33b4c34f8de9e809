import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import { ChatView } from '../../ui/chat'
import { ConnectionBadge } from '../../ui/connection/badge'
import { useKinward, useTitle } from '../../ui/context'
import { EmptyState, IconButton, Skeleton } from '../../ui/kit'
import { panes } from '../../ui/kit/shell'
import { Avatar } from '../../ui/kit/desk'
import * as desk from '../../ui/desk-icons'
import { About } from '../../ui/staff/person'
import { peerOf, titleOf } from '../../ui/staff/talks'

export interface TalkViewProps {
  talk: Talk
  /** Whether the members are seen beside or in place of another pane. */
  details: boolean
  onDetails: () => void
  onBack: (() => void) | undefined
}

/** One direct or group conversation. */
export function TalkView({ talk, details, onDetails, onBack }: TalkViewProps) {
  const { me, store } = useKinward()
  const title = titleOf(talk, me.id)
  useTitle(title)
  const peer = peerOf(talk, me.id)
  const online = peer !== undefined && store.online.value.has(peer.id)
  const heading = (
    <div class="kw-patient">
      <Avatar name={title} online={online} />
      <div class="kw-patient-words">
        <h1 tabIndex={-1}><bdi>{title}</bdi></h1>
        <p class="kw-patient-facts">
          <span><About talk={talk} /></span>
          {online && <span>{t('staff.online')}</span>}
        </p>
      </div>
    </div>
  )
  const tools = (
    <>
      {panes.value === 1 && <ConnectionBadge />}
      {!peer && panes.value < 3 && <IconButton label={t('staff.members')} icon={desk.users} expanded={details} onClick={onDetails} />}
    </>
  )
  return (
    <ChatView
      talk={talk} audience="people" heading={heading} tools={tools} caption={(person) => person.role} onBack={onBack}
    />
  )
}

/** In place of a conversation that the reader is not in, or that has not been told yet. */
export function NoTalk({ onBack }: { onBack: () => void }) {
  const { store } = useKinward()
  useTitle(t('staff.conversations'))
  if (!store.ready.value) return <Skeleton rows={4} />
  return (
    <EmptyState
      level={1} icon={desk.messages} title={t('staff.talk_lost')} text={t('staff.talk_lost_text')}
      action={{ label: t('staff.back'), onClick: onBack }}
    />
  )
}
