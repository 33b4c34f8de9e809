/** Where the page is, and how it goes elsewhere: the browser's address, or what stands in for it. */
export interface Address {
  /** Path and query. */
  here(): string
  /** `replace`: instead of this one in the list of visited pages. */
  go(to: string, replace?: boolean): void
}

export const browserAddress: Address = {
  here: () => location.pathname + location.search,
  go: (to, replace) => history[replace ? 'replaceState' : 'pushState'](null, '', to),
}
