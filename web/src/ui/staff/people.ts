import { useEffect, useState } from 'preact/hooks'
import * as colleagues from '../../core/colleagues'
import type { Person } from '../../core/wire.gen'
import { useKinward } from '../context'

/** Typing pauses this long before the directory is asked. */
const PAUSE_MS = 150

export interface Found {
  people: readonly Person[]
  busy: boolean
}

/**
 * People of the directory whom `query` fits, asked of the server while typing; the answers to older queries are dropped.
 * Nobody is asked for while `query` has fewer than `from` characters.
 */
export function usePeople(query: string, from = 1): Found {
  const { api } = useKinward()
  const [found, set] = useState<Found>({ people: [], busy: false })
  const text = query.trim()
  useEffect(() => {
    if ([...text].length < from) return set({ people: [], busy: false })
    let stale = false
    set((f) => ({ ...f, busy: true }))
    const timer = setTimeout(() => {
      const tell = (people: readonly Person[]) => { if (!stale) set({ people, busy: false }) }
      colleagues.people(api, text, 20).then(tell, () => tell([]))
    }, PAUSE_MS)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [text, from])
  return found
}
