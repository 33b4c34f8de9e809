import type { ComponentChild, ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../core/i18n'
import { Button, Dialog, EmptyState, Spinner } from '../ui/kit'
import { part } from '../ui/offline/part'

export interface Lazy<P> {
  (props: P): ComponentChild
  /** Begins to fetch it, so that it is there when it is needed. */
  foresee(): void
}

/** A dialog or a piece of a page can be put away where it does not load. */
interface Closable {
  onClose?: () => void
}

/**
 * A component whose code is fetched when it is first shown. If that fails, it says so and offers to try again (P-5): in its
 * place if it is a whole page, else above the page that it belongs to.
 */
export function lazy<P extends object>(kind: 'page' | 'piece', load: () => Promise<{ default: ComponentType<P> }>): Lazy<P> {
  let ready: ComponentType<P> | undefined
  const fetched = () => part(load).then((m) => { ready = m.default })
  function Late(props: P) {
    const [state, setState] = useState<'loading' | 'failed' | 'ready'>('loading')
    const again = () => setState('loading')
    useEffect(() => {
      if (state !== 'loading') return
      if (ready) return setState('ready') // it came between drawing and this
      let gone = false
      const tell = (now: 'ready' | 'failed') => () => { if (!gone) setState(now) }
      fetched().then(tell('ready'), tell('failed'))
      return () => { gone = true }
    }, [state])
    if (ready) {
      const Ready = ready
      return <Ready {...props} />
    }
    if (kind === 'page') return state === 'failed' ? <NotThere again={again} /> : <Wait />
    return state === 'failed' ? <PieceMissing again={again} onClose={(props as Closable).onClose ?? again} /> : null
  }
  Late.foresee = () => void fetched().catch(() => undefined)
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

function PieceMissing({ again, onClose }: { again: () => void; onClose: () => void }) {
  return (
    <Dialog open size="s" title={t('entry.broken_title')} onClose={onClose}
      footer={<Button kind="primary" onClick={again}>{t('entry.reload')}</Button>}>
      <p>{t('entry.broken_text')}</p>
    </Dialog>
  )
}
