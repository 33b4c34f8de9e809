import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import type { Kinward } from '../../core/kinward'
import type { Message } from '../../core/wire.gen'
import { keep, kept } from '../offline/kept'
import { effect } from '../signals'
import { showNotice, takeBack } from './notices'
import { playTone } from './sound'
import { showUnread } from './unread'
import { Witness } from './witness'

// Tabs get a message one after the other and draw it; before that nobody could say that it is seen.
const drawnMs = 700

/**
 * Tells of new messages while somebody is signed in: title, icon and badge in each tab; sound and notice in one of them, and
 * only if no tab shows the message. `open` leads this tab to a path. The returned function clears everything (B-42).
 */
export function watchMessages(kinward: Kinward, open: (path: string) => void): () => void {
  const witness = new Witness()
  if (isStaff(kinward)) soundOnAtFirst(kinward)
  const endUnread = showUnread(kinward.store.unread, drawnMs)
  const endMessages = kinward.store.onMessage((m, talk) => {
    if (m.sender !== kinward.me.id && kinward.line.leads.peek()) setTimeout(() => void alert(m, talk), drawnMs)
  })
  const endReading = effect(() => {
    kinward.store.unread.value // whenever something is read
    void takeBack((conversation) => (kinward.store.talk(conversation)?.unread.peek() ?? 0) === 0)
  })
  const hear = (event: MessageEvent<{ open?: string } | null>) => {
    if (event.data?.open) open(event.data.open)
  }
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined
  workers?.addEventListener('message', hear)

  async function alert(m: Message, talk: Talk): Promise<void> {
    if (talk.read.peek() >= m.seq) return
    const seen = await witness.seen(m.id)
    const sound = kinward.settings.sound.peek()
    if (seen !== 'focused' && sound) void playTone()
    if (seen !== 'no') return
    await showNotice({ conversation: talk.id, text: noticeText(kinward), path: pathOf(talk, kinward), silent: sound }, open)
  }

  return () => {
    workers?.removeEventListener('message', hear)
    endReading()
    endMessages()
    endUnread()
    witness.close()
    void takeBack(() => true)
  }
}

// A ward wants the tone, a family's sofa does not (B-41); from then on it is as somebody sets it.
function soundOnAtFirst({ settings }: Kinward): void {
  if (kept('sound') === 'chosen') return
  keep('sound', 'chosen')
  settings.sound.value = true
}

function isStaff({ me }: Kinward): boolean {
  return me.kind === 'staff' || me.kind === 'admin'
}

// Nothing that a locked screen may not show: no name, no text (B-39).
function noticeText(kinward: Kinward): string {
  return isStaff(kinward) || kinward.me.kind === 'member' ? t('connection.notice_staff') : t('connection.notice_family')
}

function pathOf(talk: Talk, kinward: Kinward): string {
  const { patient } = talk.details.peek()
  return patient && isStaff(kinward) ? `/patients/${patient.id}` : `/c/${talk.id}`
}
