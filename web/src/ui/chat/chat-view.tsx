import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import type { Message, Person } from '../../core/wire.gen'
import { useKinward } from '../context'
import { classes, focusHeading, IconButton, layers } from '../kit'
import { lazy } from '../lazy'
import { useLater } from '../offline/later'
import { elsewhere } from '../surroundings'
import { Composer } from './composer'
import { composingIn } from './composing-in'
import type { Guard } from './guard'
import { finePointer } from './keys'
import { LogView } from './log-view'
import { focusRow } from './row-keys'
import { ScopeContext, type Audience, type Scope } from './scope'
import { TranscriptView } from './transcript-view'

const Retract = lazy('piece', () => import('./retract'))

export interface ChatViewProps {
  talk: Talk
  /** The top of the view. A text becomes its `h1`; anything else brings its own. */
  heading: ComponentChildren
  /** Buttons at the end of the top. */
  tools?: ComponentChildren
  audience: Audience
  /** For staff in a family's conversation. */
  guard?: Guard | undefined
  /** Why this person may not write here; it stands in the place of the box. */
  sendRefused?: string | undefined
  /** Leads back to the list, where there is room for one pane only. */
  onBack?: (() => void) | undefined
  /** What stands behind an author's name: "daughter", "attending". */
  caption?: ((person: Person) => string | undefined) | undefined
  /** A message to begin at, from a search or a link. */
  at?: number | undefined
}

/**
 * One open conversation: top, messages, box. Another conversation is another view from the ground up: nothing of one, above
 * all no text, can end up in the other.
 */
export function ChatView(props: ChatViewProps) {
  return <OpenChat key={props.talk.id} {...props} />
}

function OpenChat(props: ChatViewProps) {
  const { talk, heading, tools, audience, guard, sendRefused, onBack, at } = props
  const root = useRef<HTMLElement>(null)
  const latest = useRef(props)
  latest.current = props
  const { scope, view, composing, retracting, setRetracting } = useOpen(latest)
  const aloud = useLater(() => import('./announcing'), 0) // is for ears: the eyes come first
  useEffect(() => aloud?.readOut(scope), [aloud, scope])
  useFirstFocus(root, at)
  useLayoutEffect(() => view.open(at), [view, at]) // with the line in its place before anything is seen
  const refused = sendRefused ?? (talk.active.value ? undefined : t('chat.ended'))
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || layers()) return
    if (!view.atEnd) void view.toEnd()
    else if (onBack) onBack()
    else return
    event.preventDefault()
  }
  return (
    <ScopeContext.Provider value={scope}>
      <section class={classes('kw-rows kw-chat', audience === 'family' && 'is-family')} ref={root} onKeyDown={keyDown}>
        <header class="kw-bar">
          {onBack && <IconButton icon="arrow-left" label={t('chat.back')} onClick={onBack} />}
          <div class="kw-chat-title">
            {typeof heading === 'string' ? <h1 tabIndex={-1}><bdi>{heading}</bdi></h1> : heading}
          </div>
          {tools}
        </header>
        <TranscriptView view={view} />
        {refused
          ? <p class="kw-refused">{refused}</p>
          : <Composer composing={composing} guard={guard} onSend={() => view.sent()} onEditLast={() => editLast(scope)} />}
        {retracting && <Retract message={retracting} onClose={() => setRetracting(undefined)} />}
      </section>
    </ScopeContext.Provider>
  )
}

/** Everything that lives as long as this view of this conversation. */
function useOpen(latest: { readonly current: ChatViewProps }) {
  const kinward = useKinward()
  const [retracting, setRetracting] = useState<Message>()
  const open = useMemo(() => {
    const { talk, audience } = latest.current
    const composing = composingIn(kinward, talk.id)
    const transcript = kinward.transcript(talk.id)
    const view = new LogView({ kinward, talk, transcript })
    const scope: Scope = {
      kinward, talk, transcript, audience,
      writable: () => talk.active.peek() && !latest.current.sendRefused,
      caption: (person) => latest.current.caption?.(person),
      jump: (seq) => void view.jump(seq),
      reply: (message) => {
        composing.leave()
        composing.reply.value = message.seq
      },
      correct: (message) => composing.begin(message),
      retract(message) {
        focusRow(document.activeElement)
        setRetracting(message)
      },
    }
    return { scope, view, composing }
  }, [])
  useEffect(() => () => open.scope.transcript.close(), [open])
  return { ...open, retracting, setRetracting }
}

/** Begins to correct the newest own message, if it is mounted and there still. */
function editLast({ transcript, kinward, correct }: Scope): boolean {
  const own = (m: Message | undefined) => m?.sender === kinward.me.id && m.kind === 'text' && !m.retracted_at
  const last = transcript.entries.peek().filter((entry) => own(entry.message)).at(-1)?.message
  if (last) correct(last)
  return last !== undefined
}

/** the box on a desktop; on touch the heading, so that no keyboard pops up. Nobody is torn from the page around a frame. */
function useFirstFocus(root: { current: HTMLElement | null }, at: number | undefined): void {
  useEffect(() => {
    if (layers() || at || !root.current || elsewhere()) return
    const box = finePointer() ? root.current.querySelector('textarea') : null
    if (box) box.focus()
    else focusHeading(root.current, true)
  }, [])
}
