import type { ComponentType } from 'preact'
import { useEffect, useErrorBoundary, useLayoutEffect, useRef } from 'preact/hooks'
import { withTexts } from '../core/i18n'
import type { Kinward } from '../core/kinward'
import type { Person } from '../core/wire.gen'
import { Alerts } from '../ui/alerts'
import { asked, KinwardContext, openSettings } from '../ui/context'
import { Announcer, focusHeading, Toasts } from '../ui/kit'
import { lazy, NotThere, useForeseen, Wait } from '../ui/lazy'
import { LocationProvider, useLocation } from '../ui/location'
import { elsewhere } from '../ui/surroundings'
import { Leave } from './entry/leave'
import Family from './family'
import { hasLock, SessionContext, useSession, type Notice, type Session } from './session'

// A page of staff and its texts come together.
const forStaff = <T,>(page: Promise<T>) => Promise.all([page, withTexts('staff')]).then(([loaded]) => loaded)

const Entry = lazy('page', () => import('./entry'))
const Unreachable = lazy('page', () => import('./entry/unreachable'))
const Staff = lazy('page', () => forStaff(import('./staff')))
const People = lazy('page', () => forStaff(import('./people')))
const Settings = lazy('piece', () => import('./settings'))
const Locked = lazy('page', () => import('./entry/lock'))

/** The paths that are drawn here; links to others, such as a card to print, are left to the browser. */
const drawn = /^\/([?#]|$|join|people|c\/|patients)/

export interface AppProps {
  session: Session
  /** What is shown to whoever is not signed in; default: the entry. */
  door?: ComponentType<{ notice?: Notice | undefined }>
}

/** The whole page: what is shown follows from the session's stage and from who is signed in. */
export function App({ session, door }: AppProps) {
  const [broken, mend] = useErrorBoundary((error: unknown) => console.error(error))
  return (
    <SessionContext.Provider value={session}>
      <Announcer />
      <Toasts />
      {broken ? <NotThere again={() => mend()} /> : <Stage door={door} />}
    </SessionContext.Provider>
  )
}

function Stage({ door: Door = Entry }: { door: AppProps['door'] | undefined }) {
  const stage = useSession().stage.value
  const family = stage.is !== 'in' || stage.kinward.me.kind === 'family'
  useLayoutEffect(() => {
    // Families get larger words and controls (B-44), and so does everybody at the door. On the body: sizes are in rem, so the
    // root must keep the reader's own.
    document.body.dataset['audience'] = family ? 'family' : 'staff'
  }, [family])
  useHeadingFocus(stage.is)
  switch (stage.is) {
    case 'starting': return <Wait />
    case 'unreachable': return <Unreachable leaving={stage.leaving} />
    case 'entry': return <Door notice={stage.notice} />
    case 'in': return <SignedIn key={stage.kinward.me.id} kinward={stage.kinward} />
  }
}

function SignedIn({ kinward }: { kinward: Kinward }) {
  return (
    <KinwardContext.Provider value={kinward}>
      <LocationProvider address={useSession().address} drawn={drawn}>
        <Alerts />
        <View kinward={kinward} />
      </LocationProvider>
    </KinwardContext.Provider>
  )
}

function View({ kinward }: { kinward: Kinward }) {
  const session = useSession()
  const locks = asked.locking.value
  const before = useRef(locks)
  useEffect(() => {
    if (locks !== before.current) session.lock.peek()?.lock()
    before.current = locks
  }, [locks])
  useForeseen()
  const { view } = useLocation()
  const locked = session.lock.value?.locked.value
  useHeadingFocus(`${view} ${locked}`)
  if (locked) return <><Locked me={kinward.me} /><Leave /></>
  if (session.card.value !== undefined) return <><Entry joining={kinward.me} /><Leave /></>
  return (
    <>
      <Home me={kinward.me} />
      {asked.settings.value && <Settings onClose={() => openSettings(false)} />}
      <Leave />
    </>
  )
}

function Home({ me }: { me: Person }) {
  if (me.kind === 'family') return <Family />
  return me.kind === 'staff' ? <Staff /> : <People />
}

/** Begins to fetch what somebody will see first. */
export function foresee(me: Person): void {
  if (me.kind === 'staff') void Staff.foresee()
  else if (me.kind !== 'family') void People.foresee()
  if (hasLock(me)) void Locked.foresee()
}

/**
 * After a change of view, a focus that went down with the old view goes to the new one's heading. The first view after
 * loading is none: there one begins at the top, with the language.
 */
function useHeadingFocus(view: string): void {
  const before = useRef(view)
  useEffect(() => {
    const last = before.current
    before.current = view
    if (last === view || last === 'starting') return
    // A view that knows a better place, such as its composer, has taken it by then.
    const timer = setTimeout(() => {
      if (!elsewhere() && (document.activeElement === document.body || document.activeElement === null)) focusHeading()
    }, 100)
    return () => clearTimeout(timer)
  }, [view])
}
