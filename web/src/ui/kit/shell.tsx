import type { ComponentChildren, RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { signal, type ReadonlySignal } from '../signals'
import { classes } from './classes'
import { Frame, type FrameProps } from './frame'

const count = signal<1 | 2 | 3>(1)

/** How many panes stand beside each other: by the width in letters, so large text has fewer. Read in a component, it follows. */
export const panes: ReadonlySignal<1 | 2 | 3> = count

export interface ShellProps extends Pick<FrameProps, 'header' | 'footer'> {
  /** The list pane and its name as a landmark, as "Patients". Without it there is only the main pane. */
  nav?: ComponentChildren
  navLabel?: string | undefined
  main: ComponentChildren
  /** Details. Beside the rest from 80 rem; below, in the place of another pane while `showing` is 'aside'. */
  aside?: ComponentChildren
  asideLabel?: string | undefined
  /** Which pane is seen where there is room for one; with two, 'aside' puts the details in the place of the list. */
  showing: 'nav' | 'main' | 'aside'
}

/** The panes of a page with lists. Each scrolls by itself; a hidden one stays mounted and keeps its place. */
export function Shell({ nav, navLabel, main, aside, asideLabel, showing, header, footer }: ShellProps) {
  const shell = useRef<HTMLDivElement>(null)
  const probe = useRef<HTMLSpanElement>(null)
  usePanes(shell, probe)
  const room = count.value
  const seen = {
    nav: room === 3 || (room === 2 ? showing !== 'aside' : showing === 'nav'),
    main: room > 1 || showing === 'main' || (showing === 'nav' && !nav),
    aside: room === 3 || showing === 'aside',
  }
  // Where only the list or the details are seen, they are the page's main part: the skip link leads there.
  const whole = seen.main ? undefined : ({ id: 'main', role: 'main', tabIndex: -1 } as const)
  return (
    <Frame header={header} footer={footer} panes={room} outer={shell}>
      <span class="kw-shell-probe" ref={probe} aria-hidden="true" />
      <div class={classes('kw-shell-panes', nav && seen.nav && 'has-nav', aside && seen.aside && 'has-aside')} {...whole}>
        {nav && <nav class="kw-pane kw-pane-nav" aria-label={navLabel} data-region hidden={!seen.nav}>{nav}</nav>}
        <main class="kw-pane kw-pane-main" id={whole ? undefined : 'main'} tabIndex={-1} data-region hidden={!seen.main}>
          {main}
        </main>
        {aside && (
          <aside class="kw-pane kw-pane-aside" role={whole && 'region'} aria-label={asideLabel} data-region hidden={!seen.aside}>
            {aside}
          </aside>
        )}
      </div>
    </Frame>
  )
}

/** Counts the panes that fit: two from 48 rem, three from 80, by the size of text in force rather than the browser's. */
function usePanes(shell: RefObject<HTMLElement | null>, probe: RefObject<HTMLElement | null>) {
  useLayoutEffect(() => {
    const measure = () => {
      const rem = probe.current?.offsetWidth || 16
      const width = (shell.current?.clientWidth ?? 0) / rem
      count.value = width < 48 ? 1 : width < 80 ? 2 : 3
    }
    measure()
    if (typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(measure)
    for (const { current } of [shell, probe]) if (current) observer.observe(current)
    return () => observer.disconnect()
  }, [])
}
