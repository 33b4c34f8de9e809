import { useEffect, useState } from 'preact/hooks'

/** Code that nobody waits for: fetched `afterMs` after the first drawing; undefined until it is there, or if it never comes. */
export function useLater<T>(load: () => Promise<T>, afterMs: number): T | undefined {
  const [loaded, setLoaded] = useState<{ part: T }>()
  useEffect(() => {
    let gone = false
    const timer = setTimeout(() => load().then((part) => { if (!gone) setLoaded({ part }) }, () => undefined), afterMs)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [])
  return loaded?.part
}
