import { createContext, type ComponentChildren } from 'preact'
import { useContext, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { Address } from './address'

export interface Location {
  /** Without a slash at the end. */
  path: string
  query: Readonly<Record<string, string>>
  /** Another number for each view that is gone to. What takes the place of an address leaves the view as it is. */
  view: number
  /** Goes to another view; `replace`: instead of this one in the list of visited pages. */
  route(url: string, replace?: boolean): void
}

const LocationContext = createContext<Location | undefined>(undefined)

/** Where the page is. Only below LocationProvider. */
export function useLocation(): Location {
  const at = useContext(LocationContext)
  if (!at) throw new Error('useLocation outside of a LocationProvider')
  return at
}

interface LocationProviderProps {
  address: Address
  drawn: RegExp
  children: ComponentChildren
}

/** Follows the address, and takes over the links to paths that match `drawn`; all others are left to the browser. */
export function LocationProvider({ address, drawn, children }: LocationProviderProps) {
  const [{ url, view }, go] = useState(() => ({ url: address.here(), view: 0 }))
  const moved = (to: string, same?: boolean) => {
    go((was) => was.url === to ? was : { url: to, view: was.view + (same ? 0 : 1) })
  }
  const at = useMemo(() => {
    const { pathname, searchParams } = new URL(url, location.origin)
    const route = (to: string, replace?: boolean) => {
      address.go(to, replace)
      moved(to, replace)
    }
    return { view, path: pathname.replace(/\/+$/, '') || '/', query: Object.fromEntries(searchParams), route }
  }, [url, view])
  useLayoutEffect(() => {
    const popped = () => moved(address.here())
    const clicked = (event: MouseEvent) => {
      const to = linkOf(event)
      if (to === undefined || !drawn.test(to)) return
      event.preventDefault()
      at.route(to)
    }
    addEventListener('popstate', popped)
    addEventListener('click', clicked)
    return () => {
      removeEventListener('popstate', popped)
      removeEventListener('click', clicked)
    }
  }, [])
  return <LocationContext.Provider value={at}>{children}</LocationContext.Provider>
}

/** The place on this server that a click leads to, unless it asks for another tab, a download or a place on this page. */
function linkOf(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.button !== 0) return undefined
  const link = event.composedPath().find((element) => element instanceof HTMLAnchorElement && element.href)
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.hasAttribute('download')) return undefined
  if (link.getAttribute('href')?.startsWith('#') || !['', '_self'].includes(link.target)) return undefined
  return link.pathname + link.search + link.hash
}
