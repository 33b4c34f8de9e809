/** A list of functions to be told of something; one that throws doesn't keep the others from being told. */
export function listeners<A extends unknown[]>() {
  const all = new Set<(...a: A) => void>()
  return {
    add(f: (...a: A) => void): () => void {
      const own = (...a: A) => f(...a) // the same function may listen twice
      all.add(own)
      return () => { all.delete(own) }
    },
    tell(...a: A): void {
      for (const f of [...all]) {
        try {
          f(...a)
        } catch (why) {
          reportError(why)
        }
      }
    },
    clear: () => all.clear(),
  }
}
