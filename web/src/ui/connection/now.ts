import { useEffect, useState } from 'preact/hooks'

/** The present time in ms. While `ticking` the component is drawn anew each `everyMs`. */
export function useNow(ticking: boolean, everyMs = 1000): number {
  const [now, set] = useState(Date.now)
  useEffect(() => {
    if (!ticking) return
    set(Date.now())
    const timer = setInterval(() => set(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [ticking, everyMs])
  return ticking ? Math.max(now, Date.now()) : Date.now()
}
