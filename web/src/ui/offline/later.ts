import { useEffect, useState } from 'preact/hooks'

/**
 * Code that nobody waits for: fetched `afterMs` after the first drawing, and again whenever the device gets a network, until it
 * is there; undefined before.
 */
export function useLater<T>(load: () => Promise<T>, afterMs: number): T | undefined {
  const [loaded, setLoaded] = useState<{ part: T }>()
  useEffect(() => {
    let done = false
    const fetchIt = () => {
      load().then((part) => {
        if (!done) setLoaded({ part })
        end()
      }, () => undefined)
    }
    const timer = setTimeout(fetchIt, afterMs)
    addEventListener('online', fetchIt)
    const end = () => {
      done = true
      clearTimeout(timer)
      removeEventListener('online', fetchIt)
    }
    return end
  }, [])
  return loaded?.part
}
