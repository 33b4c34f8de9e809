import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { explain, language, t } from '../../core/i18n'
import { Banner, EmptyState, JumpPill, Skeleton, useRoving } from '../kit'
import { useComputed } from '../signals'
import { LogList } from './log-list'
import type { LogView } from './log-view'
import { rowKeys } from './row-keys'
import { useScope } from './scope'
import { Typing } from './typing'

const skeletonAfterMs = 300

/** The messages of a conversation: one Tab stop, read from the top, beginning at its end or at the first unread one. */
export function TranscriptView({ view }: { view: LogView }) {
  const { talk, transcript, audience } = useScope()
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  useLayoutEffect(() => {
    if (scroller.current && list.current) return view.mount(scroller.current, list.current)
    return undefined
  }, [view])
  useRoving(list, { items: 'li[data-key]', fromEnd: true, first: '.kw-unread-row + li' })
  const loading = transcript.loading.value
  const empty = useComputed(() => transcript.entries.value.length === 0).value
  return (
    <div class="kw-log-area">
      <Pill view={view} />
      <div class="kw-scroller" ref={scroller}>
        <div class="kw-log" role="log" aria-live="off" aria-label={t('chat.log', { title: talk.details.value.title })}>
          <Trouble at="older" />
          {loading && loading !== 'newer' && <LateSkeleton key={loading} />}
          {empty && !loading && !transcript.failed.value && (
            <EmptyState icon="message" title={t('chat.empty')} text={t(`chat.empty_${audience}`)} />
          )}
          <ol
            ref={list}
            onKeyDown={(event) => rowKeys(event, { hasNewer: transcript.hasNewer.peek(), toEnd: () => void view.toEnd() })}
            onFocusIn={(event) => transcript.keep(keyOf(event.target))}
            onFocusOut={(event) => transcript.keep(keyOf(event.relatedTarget))}
          >
            <Rows view={view} />
          </ol>
          {loading === 'newer' && <LateSkeleton />}
          <Trouble at="newer" />
        </div>
      </div>
      <Typing />
    </div>
  )
}

/** Apart from the rest, so that what it follows (messages, names, the line) draws nothing else anew. */
function Rows({ view }: { view: LogView }) {
  const scope = useScope()
  const { entries, hasOlder } = scope.transcript
  // Rows show names only, in words of the language.
  const people = useComputed(() => {
    const who = scope.talk.people.value.map((p) => `${p.id} ${p.name} ${p.role}`)
    return `${language.value} ${who.join()}`
  })
  const now = useToday()
  return (
    <LogList
      scope={scope}
      entries={entries.value}
      people={people.value}
      line={view.unread.value.line}
      hasOlder={hasOlder.value}
      now={now}
      onChange={() => view.changed()}
    />
  )
}

/** Before the log in the order of Tab stops, below it to the eye. It must not take the focus from the box on touch. */
function Pill({ view }: { view: LogView }) {
  const { count, far } = view.below.value
  if (count === 0 && !far) return null
  return (
    <div class="kw-pill" onMouseDown={(event) => event.preventDefault()}>
      <JumpPill text={count > 0 ? t('chat.pill', { count }) : t('chat.newest')} onClick={() => void view.down()} />
    </div>
  )
}

/** What could not be loaded, at the end where it is missing (B-48). */
function Trouble({ at }: { at: 'older' | 'newer' }) {
  const { transcript } = useScope()
  const failed = transcript.failed.value
  const side = transcript.hasNewer.value ? 'newer' : 'older'
  if (!failed || side !== at) return null
  return (
    <Banner kind="warn" action={{ label: t('chat.load_again'), onClick: () => void transcript.retry() }}>
      {t('chat.load_failed')} {explain(failed)}
    </Banner>
  )
}

/** Grey rows, but not for a blink: only when it takes longer. */
function LateSkeleton() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), skeletonAfterMs)
    return () => clearTimeout(timer)
  }, [])
  return late ? <Skeleton rows={3} label={t('chat.loading')} /> : null
}

/** A time of the present day, another one after midnight. */
function useToday(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const midnight = new Date(now).setHours(24, 0, 0, 0)
    const timer = setTimeout(() => setNow(Date.now()), midnight - Date.now() + 1_000)
    return () => clearTimeout(timer)
  }, [now])
  return now
}

function keyOf(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined
}
