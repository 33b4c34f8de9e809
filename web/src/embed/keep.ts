import { safe, type Keep } from '../core/local'

/** A part of a Keep with names of its own: what is chosen in a frame is not chosen for Kinward's own pages. */
export function prefixed(storage: Keep | undefined, prefix: string): Keep {
  const keep = safe(storage)
  const keys = () => Array.from({ length: keep.length }, (_, i) => keep.key(i) ?? '').filter((k) => k.startsWith(prefix))
  return {
    get length() { return keys().length },
    key: (index) => keys()[index]?.slice(prefix.length) ?? null,
    getItem: (key) => keep.getItem(prefix + key),
    setItem: (key, value) => keep.setItem(prefix + key, value),
    removeItem: (key) => keep.removeItem(prefix + key),
  }
}
