import { watchRegions } from './regions'
import { watchRoom } from './room'

/** What a signed-in page does with keyboards, fetched once it stands. Returns how to end it. */
export function watchKeyboard(): () => void {
  const ends = [watchRegions(), watchRoom()]
  return () => ends.forEach((end) => end?.())
}
