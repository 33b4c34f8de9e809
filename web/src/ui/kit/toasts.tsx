import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../../core/i18n'
import { Button, IconButton } from './button'
import { restoreFocus } from './focus'
import { travel } from './layers'
import { drop, items, type Item } from './toast'

/** Read at leisure: 8 s, and a little more for each character, and for a step to take. */
const stayMs = (item: Item) => 8000 + item.text.length * 40 + (item.action ? 6000 : 0)

/** The toasts of `./toast`, once their code is here. */
export function Toasts() {
  useEffect(() => {
    const host = document.createElement('div')
    render(<List />, host)
    const end = travel(host)
    return () => {
      render(null, host)
      end()
    }
  }, [])
  return null
}

function List() {
  if (!items.value.length) return null
  return (
    <section class="kw-toasts" aria-label={t('common.notices')} data-region>
      {items.value.map((item) => <Toast key={item.id} item={item} />)}
    </section>
  )
}

function Toast({ item }: { item: Item }) {
  const element = useRef<HTMLDivElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const before = useRef<Element | null>(null)
  const stop = () => clearTimeout(timer.current)
  const start = () => {
    stop()
    timer.current = setTimeout(() => drop(item.id), stayMs(item))
  }
  useEffect(() => (start(), stop), [item.id])
  const close = () => {
    const held = element.current?.contains(document.activeElement)
    drop(item.id)
    if (held) restoreFocus(before.current)
  }
  return (
    <div
      ref={element}
      class="kw-toast"
      onPointerEnter={stop}
      onPointerLeave={start}
      onFocusIn={(event) => {
        if (!element.current?.contains(event.relatedTarget as Node)) before.current = event.relatedTarget as Element | null
        stop()
      }}
      onFocusOut={start}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      }}
    >
      <div>
        <p dir="auto">{item.text}</p>
        {item.action && (
          <Button kind="quiet" onClick={() => { item.action?.onClick(); close() }}>{item.action.label}</Button>
        )}
      </div>
      <IconButton label={t('common.dismiss')} icon="x" onClick={close} />
    </div>
  )
}
