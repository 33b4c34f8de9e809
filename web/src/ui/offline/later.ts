import { useEffect, useState } from 'preact/hooks'

/** When fetching failed, it is tried again after so long, and whenever the device gets a network. */
const againMs = 10_000

/** Code that nobody waits for: fetched `afterMs` after the first drawing, again and again until it is there; undefined before. */
export function useLater<T>(load: () => Promise<T>, afterMs: number): T | undefined {
  const [loaded, setLoaded] = useState<{ part: T }>()
  useEffect(() => {
    let done = false
    const fetchIt = () => {
      clearTimeout(timer)
      load().then((part) => {
        if (!done) setLoaded({ part })
        end()
      }, () => { if (!done) timer = setTimeout(fetchIt, againMs) })
    }
    let timer = setTimeout(fetchIt, afterMs)
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
