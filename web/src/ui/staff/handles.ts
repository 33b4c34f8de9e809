import { useEffect, useMemo, useState } from 'preact/hooks'
import * as colleagues from '../../core/colleagues'
import type { Person } from '../../core/wire.gen'
import { useKinward } from '../context'
import { namesakes } from './talks'

/**
 * The handles of those who share name and role with somebody else in the list, by person id (N3). Conversations tell no
 * handles, so the directory is asked, for such people only.
 */
export function useHandles(people: readonly Person[]): ReadonlyMap<string, string> {
  const { api } = useKinward()
  const [handles, set] = useState<ReadonlyMap<string, string>>(new Map())
  const shared = useMemo(() => namesakes(people), [people.map((p) => p.id + p.name).join()])
  useEffect(() => {
    let stale = false
    for (const name of new Set(shared.map((p) => p.name))) {
      colleagues.people(api, name, 50).then((found) => {
        if (!stale) set((known) => new Map([...known, ...found.flatMap((p) => p.handle ? [[p.id, p.handle] as const] : [])]))
      }, () => undefined)
    }
    return () => { stale = true }
  }, [shared])
  return useMemo(() => {
    const ids = new Set(shared.map((p) => p.id))
    return new Map([...handles].filter(([id]) => ids.has(id)))
  }, [shared, handles])
}
