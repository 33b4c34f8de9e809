import { Updates } from '../../core/update'
import { framed } from '../surroundings'

// Development builds are new at each load; a worker that keeps one would only stand in the way.
const workers = !__DEV__ && !framed && isSecureContext ? (navigator.serviceWorker as ServiceWorkerContainer | undefined) : undefined

/** The newer builds of this page. */
export const updates = new Updates(workers, () => location.reload())

/** Registers the service worker and looks for a newer one whenever the page is looked at again. */
export function startUpdates(): () => void {
  void updates.start('/sw.js')
  if (__DEV__ && isSecureContext) {
    void navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((r) => void r.unregister()))
  }
  const look = () => {
    if (document.visibilityState === 'visible') updates.check()
  }
  document.addEventListener('visibilitychange', look)
  return () => document.removeEventListener('visibilitychange', look)
}
