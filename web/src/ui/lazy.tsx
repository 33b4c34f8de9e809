import type { ComponentChild, ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t, withTexts } from '../core/i18n'
import { Banner, EmptyState, Spinner, toast } from './kit'
import { part } from './offline/part'

export interface Lazy<P> {
  (props: P): ComponentChild
  /** Fetches it, so that it is there when it is needed; tells whether it is. */
  foresee(): Promise<boolean>
}

const pieces: (() => unknown)[] = []

/** Fetches all that can be opened on a page once nobody waits for anything else: it may be wanted when nothing can be fetched. */
export function useForeseen(): void {
  useEffect(() => {
    const timer = setTimeout(() => pieces.forEach((foresee) => foresee()), 8000)
    return () => clearTimeout(timer)
  }, [])
}

/** What opens above a page is closed again where it does not load. */
interface Closable {
  onClose?: () => void
}

/**
 * A component whose code is fetched when it is first shown, with the texts of all such components. If that fails, it says so and
 * offers to try again (P-5): in its place, or where it was opened, if it opens above the page.
 */
export function lazy<P extends object>(kind: 'page' | 'piece', load: () => Promise<{ default: ComponentType<P> }>): Lazy<P> {
  let ready: ComponentType<P> | undefined
  const fetched = (how: typeof load) => Promise.all([how(), withTexts('more')]).then(([m]) => { ready = m.default })
  function Late(props: P) {
    const [state, setState] = useState<'loading' | 'failed' | 'ready'>('loading')
    const again = () => setState('loading')
    const { onClose } = props as Closable
    useEffect(() => {
      if (state === 'failed' && onClose) {
        toast(t('connection.picker_missing'))
        onClose()
      }
      if (state !== 'loading') return
      if (ready) return setState('ready') // it came between drawing and this
      let gone = false
      const tell = (now: 'ready' | 'failed') => () => { if (!gone) setState(now) }
      fetched(() => part(load)).then(tell('ready'), tell('failed'))
      return () => { gone = true }
    }, [state])
    if (ready) {
      const Ready = ready
      return <Ready {...props} />
    }
    if (kind === 'page') return state === 'failed' ? <NotThere again={again} /> : <Wait />
    if (state !== 'failed' || onClose) return null
    return <Banner kind="warn" action={{ label: t('entry.reload'), onClick: again }}>{t('connection.picker_missing')}</Banner>
  }
  Late.foresee = () => fetched(load).then(() => true, () => false)
  if (kind === 'piece') pieces.push(Late.foresee)
  return Late
}

/** Between two views; drawn late, so that a fast change shows nothing of it. */
export function Wait() {
  return <main class="kw-wait"><Spinner /></main>
}

/** In place of a view that did not load or broke. */
export function NotThere({ again }: { again: () => void }) {
  return (
    <main class="kw-wait">
      <EmptyState level={1} icon="refresh" title={t('entry.broken_title')} text={t('entry.broken_text')}
        action={{ label: t('entry.reload'), onClick: again }} />
    </main>
  )
}
