import { useEffect, useState } from 'preact/hooks'

/** The present time in ms, told anew every half minute, and when the page is looked at again. */
export function useMinute(): number {
  const [now, tell] = useState(Date.now)
  useEffect(() => {
    const tick = () => tell(Date.now())
    const timer = setInterval(tick, 30_000)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [])
  return now
}
