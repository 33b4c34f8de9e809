// Ties components to signals: one that reads signals while it is drawn is drawn anew when any of them has another value.
// Everything with components takes signals from here. @preact/signals does the same and a lot that nothing here uses (signals
// as children and as attributes, models) in five times the code, which every relative's phone would fetch.

import { effect, signal, computed, type ReadonlySignal, type Signal } from '@preact/signals-core'
import { options, type Component, type ComponentChild, type VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'

export { batch, computed, effect, signal, untracked, type ReadonlySignal, type Signal } from '@preact/signals-core'

type Tied = Component & {
  /** Ends following what was read in the last drawing; missing before the first one. */
  unfollow?: () => void
}

/** Of Preact's hooks for such things: `__r` is called before each drawing. */
const hooks = options as typeof options & { __r?: (node: VNode) => void }
const { __r: drawing, unmount } = hooks

hooks.__r = (node) => {
  drawing?.(node)
  const component = tiedOf(node)
  if (component && !component.unfollow) tie(component)
}

hooks.unmount = (node) => {
  unmount?.(node)
  tiedOf(node)?.unfollow?.()
}

function tiedOf(node: VNode): Tied | null | undefined {
  return (node as VNode & { __c?: Tied | null }).__c
}

/** From now on the component is drawn within an effect, which runs a second time when it has to be drawn anew. */
function tie(component: Tied): void {
  const draw = component.render
  component.unfollow = () => undefined
  component.render = (...how) => {
    component.unfollow?.()
    let drawn: ComponentChild
    let over = false
    component.unfollow = effect(() => {
      if (over) return component.setState({})
      over = true
      drawn = draw.apply(component, how)
    })
    return drawn
  }
}

/** A signal of a component's own. */
export function useSignal<T>(initial: T): Signal<T> {
  return useMemo(() => signal(initial), [])
}

/** A value that follows other signals, for as long as the component is there. */
export function useComputed<T>(compute: () => T): ReadonlySignal<T> {
  const latest = useRef(compute)
  latest.current = compute
  return useMemo(() => computed(() => latest.current()), [])
}

/** Runs `f` once the component is there, and again whenever a signal that it reads has another value. */
export function useSignalEffect(f: () => void): void {
  const latest = useRef(f)
  latest.current = f
  useEffect(() => effect(() => latest.current()), [])
}
