import { TellMe } from '../../ui/alerts'
import { InstallOffer } from '../../ui/connection'

/** What is offered beside a conversation. It comes late, so it stands where it pushes nothing that can be tapped. */
export function Offers() {
  return <div class="kw-family-offers"><InstallOffer /><TellMe /></div>
}
