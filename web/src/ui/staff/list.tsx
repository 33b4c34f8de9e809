import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { Button, useRoving } from '../kit'
import { steady } from './order'

/** Rows that are drawn at once, and that come with each further scroll: three screens, which a slow ward PC draws in no time. */
const STEP = 50

export interface Steady {
  order: readonly string[]
  /** The list would look different if it were not held still. */
  changed: boolean
  /** Takes the new order now, and puts the focus on its first row. */
  update: () => void
  /** What the element listens to within which the list is held. */
  held: {
    onPointerEnter: (e: PointerEvent) => void
    onPointerLeave: () => void
    onFocusIn: () => void
    onFocusOut: (e: FocusEvent) => void
  }
}

/**
 * Holds a list still while a mouse is over it or the focus is in it (B-28): a row that moves under a pointer is a message to
 * the wrong family. Another `view` is the reader's own wish and is followed at once.
 */
export function useSteady(list: RefObject<HTMLElement | null>, wanted: readonly string[], view: string): Steady {
  const shown = useRef({ order: wanted, view })
  const [pointed, point] = useState(false)
  const [focused, focus] = useState(false)
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0)
  const free = (!pointed && !focused) || shown.current.view !== view || shown.current.order.length === 0
  const { order, changed } = free ? { order: wanted, changed: false } : steady(shown.current.order, wanted)
  shown.current = { order: same(order, shown.current.order) ? shown.current.order : order, view }
  const update = () => {
    shown.current = { order: wanted, view }
    redraw()
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('.kw-row')?.focus())
  }
  return {
    order: shown.current.order, changed, update,
    held: {
      onPointerEnter: (e) => point(e.pointerType === 'mouse'),
      onPointerLeave: () => point(false),
      onFocusIn: () => focus(true),
      onFocusOut: (e) => focus(e.currentTarget instanceof Node && e.currentTarget.contains(e.relatedTarget as Node | null)),
    },
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i])
}

export interface ListBodyProps {
  list: RefObject<HTMLUListElement | null>
  label: string
  steady: Steady
  /** Is drawn however far down it stands. */
  current: string | undefined
  children: (id: string) => ComponentChildren
}

/**
 * The rows, of which the first are drawn and the rest as the reader scrolls to it; at the foot of the pane, while they are held
 * still, the offer of their new order. It belongs to what is held: on the way to it nothing may move.
 */
export function ListBody({ list, label, steady: { order, changed, update, held }, current, children }: ListBodyProps) {
  const [drawn, draw] = useState(STEP)
  useRoving(list, { items: '.kw-row', first: '[aria-current]' })
  const end = useRef<HTMLDivElement>(null)
  const reach = Math.max(drawn, current ? order.indexOf(current) + 20 : 0)
  const rest = reach < order.length
  useEffect(() => {
    if (!end.current || typeof IntersectionObserver === 'undefined') return
    const seen = new IntersectionObserver((e) => e.some((x) => x.isIntersecting) && draw(reach + STEP), { rootMargin: '800px' })
    seen.observe(end.current)
    return () => seen.disconnect()
  }, [rest, reach])
  return (
    <div {...held}>
      <ul class="kw-list" ref={list} aria-label={label}>
        {order.slice(0, reach).map((id) => <li key={id}>{children(id)}</li>)}
      </ul>
      {changed && (
        <p class="kw-changed" role="status">
          <span>{t('staff.changed')}</span> <Button kind="quiet" icon="refresh" onClick={update}>{t('staff.update')}</Button>
        </p>
      )}
      {rest && (
        <div ref={end} class="kw-more">
          <Button kind="quiet" onClick={() => draw(reach + STEP)}>{t('staff.more')}</Button>
        </div>
      )}
    </div>
  )
}
