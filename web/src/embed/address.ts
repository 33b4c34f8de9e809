import type { Address } from '../ui/address'

/** An address that can be set from outside of the page that is there. */
export interface SentAddress extends Address {
  to(path: string): void
}

/**
 * An address that the browser knows nothing of: in a frame it would put each view into the list of pages of the site around it, and
 * lead back to an address that must not be framed.
 */
export function memoryAddress(went: (path: string) => void): SentAddress {
  let path = '/'
  const go = (to: string) => {
    if (to === path) return
    path = to
    went(to)
  }
  return {
    here: () => path,
    go,
    to(to) {
      go(to)
      dispatchEvent(new PopStateEvent('popstate')) // as if the browser had
    },
  }
}
