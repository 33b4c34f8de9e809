// What is kept for later here: none of it is needed to read and write.

import { useLater } from './later'
import './install-prompt'

/** "A new version is ready — Update"; draws nothing until there is one. Also registers the service worker. */
export function UpdateBar() {
  const later = useLater(() => import('./update-bar'), 3000)
  return later ? <later.UpdateBar /> : null
}

/** Offers to keep Kinward on the device like an app: from the second visit on, until it is dismissed, for good. */
export function InstallOffer() {
  const later = useLater(() => import('./install-offer'), 3000)
  return later ? <later.InstallOffer /> : null
}
