import { useEffect } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { ConnectionBar, UpdateBar } from '../../ui/connection'
import { useKinward } from '../../ui/context'
import { Frame, Skeleton } from '../../ui/kit'
import { lazy } from '../../ui/lazy'
import { useLocation } from '../../ui/location'
import { Urgent } from '../entry/urgent'
import { Conversation } from './conversation'

const Choose = lazy('piece', () => import('./choose'))
const Ended = lazy('piece', () => import('./ended'))
const Help = lazy('piece', () => import('./help'))

/** A relative's page (wireframe 4): one conversation, or the choice between two patients by name, and the help. */
export default function Family() {
  return (
    <Frame header={<><UpdateBar /><ConnectionBar /></>} footer={<Urgent />}>
      <div class="kw-shell-panes">
        <main class="kw-pane kw-pane-main" id="main" tabIndex={-1} data-region><View /></main>
      </div>
    </Frame>
  )
}

function View() {
  const { store } = useKinward()
  const talks = store.talks.value.filter((talk) => talk.details.value.kind === 'family')
  const { path, query, route } = useLocation()
  const [, id] = /^\/c\/([^/]+)/.exec(path) ?? []
  const talk = id === undefined ? only(talks) : talks.find((one) => one.id === id)
  // The address names the conversation from then on: when another one comes or this one ends, what somebody is writing can
  // never slip under another patient.
  const settle = id === undefined && talk ? `/c/${talk.id}` : undefined
  useEffect(() => {
    if (settle) route(settle + location.search, true)
  }, [settle])
  if (!store.ready.value) return <div class="kw-page"><Skeleton /></div>
  if (query['view'] === 'help') return <Help talk={talk} />
  if (talk) return <Conversation key={talk.id} talk={talk} several={talks.length > 1} />
  return talks.length === 0 || id !== undefined ? <Ended others={talks.length > 0} /> : <Choose talks={talks} />
}

function only(talks: readonly Talk[]): Talk | undefined {
  return talks.length === 1 ? talks[0] : undefined
}
