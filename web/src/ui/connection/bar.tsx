import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { realClock } from '../../core/clock'
import { t } from '../../core/i18n'
import { useKinward } from '../context'
import { announce, Banner, Button, focusHeading } from '../kit'
import { ConnectionBar as Bar } from '../kit/connection-bar'
import { useSignal, useSignalEffect } from '../signals'
import { watchTrouble, type Notice } from './notice'
import { useNow } from './now'
import { countdown, methodName } from './words'

/** What is told about the connection above a view: nothing while it is live, in words when it is not (B-33, B-34). */
export function ConnectionBar() {
  const kinward = useKinward()
  const notice = useNotice()
  return (
    <>
      {notice.is === 'trouble' && <Trouble />}
      {notice.is === 'back' && <Bar state="live" text={backText(notice.sent)} />}
      {kinward.outbox.items.value.length > 0 && <KeptForLong />}
    </>
  )
}

function backText(sent: number): string {
  return sent > 0 ? t('connection.back_sent', { count: sent }) : t('connection.back')
}

// The changes are announced, each once. The countdown is not: it would be read out every second.
function useNotice(): Notice {
  const kinward = useKinward()
  const notice = useSignal<Notice>({ is: 'none' })
  useEffect(() => {
    const watched = watchTrouble(kinward, realClock)
    const end = watched.notice.subscribe((n) => { notice.value = n })
    return () => {
      end()
      watched.stop()
    }
  }, [kinward])
  useSignalEffect(() => {
    const n = notice.value
    if (n.is === 'trouble') announce(t('connection.lost'))
    if (n.is === 'back' && n.settled) announce(backText(n.sent))
  })
  return notice.value
}

function Trouble() {
  const { line } = useKinward()
  const bar = useRef<HTMLDivElement>(null)
  const state = line.state.value
  const now = useNow(state.is === 'waiting')
  useLayoutEffect(() => () => {
    // The bar goes when all is well, and takes its button along.
    if (bar.current?.contains(document.activeElement)) setTimeout(focusHeading)
  }, [])
  const [look, text] = state.is === 'offline' ? ['offline', t('connection.bar_offline')] as const
    : state.is === 'waiting' ? ['waiting', t('connection.bar_waiting', { time: countdown(state.until, now) })] as const
      : ['connecting', t('connection.connecting')] as const
  return (
    <div ref={bar}>
      <Bar
        state={look}
        text={<Lines first={text} failing={look !== 'offline'} />}
        action={{ label: t('connection.try_now'), onClick: () => line.tryNow() }}
      />
    </div>
  )
}

// `failing`: the network is there, so it may be the chosen method that does not get through (B-36).
function Lines({ first, failing }: { first: string; failing: boolean }) {
  const { line, outbox } = useKinward()
  const held = outbox.items.value.filter((o) => o.state !== 'failed').length
  const choice = line.choice.value
  return (
    <div class="kw-line-bar">
      <span>{first}</span>
      {held > 0 ? <span>{t('connection.held', { count: held })}</span> : failing && <span>{t('connection.kept')}</span>}
      {failing && choice !== 'automatic' && (
        <span>
          {t('connection.bar_chosen', { method: methodName(choice) })}{' '}
          <Button kind="quiet" onClick={() => line.choose('automatic')}>{t('connection.use_automatic')}</Button>
        </span>
      )}
    </div>
  )
}

const dayMs = 24 * 60 * 60 * 1000

// Browsers delete what a page keeps when it is not opened for days (P-8), or keep nothing at all in private windows.
function KeptForLong() {
  const { outbox } = useKinward()
  const [closed, close] = useState(false)
  const waiting = outbox.items.value.filter((o) => o.state !== 'failed')
  const old = outbox.old.value ? waiting.filter((o) => Date.now() - o.created >= dayMs).length : 0
  if (old > 0) return <Banner edge kind="warn">{t('connection.old_unsent', { count: old })}</Banner>
  if (waiting.length === 0 || outbox.lasting.value || closed) return null
  const action = { label: t('connection.understood'), onClick: () => close(true) }
  return <Banner edge kind="warn" action={action}>{t('connection.not_kept')}</Banner>
}
