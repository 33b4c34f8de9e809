import { useEffect } from 'preact/hooks'
import { useKinward } from '../context'
import { useLocation } from '../location'
import { useLater } from '../offline/later'

/** Draws nothing; once per signed-in page. Title, badge, sound and notices follow the messages until it goes. */
export function Alerts() {
  const kinward = useKinward()
  const { route } = useLocation()
  const later = useLater(() => import('./watch'), 500)
  useEffect(() => later?.watchMessages(kinward, route), [kinward, later])
  return null
}

/** Offers relatives to be told of replies. */
export function TellMe() {
  const later = useLater(() => import('./tell'), 500)
  return later ? <later.TellMe /> : null
}
