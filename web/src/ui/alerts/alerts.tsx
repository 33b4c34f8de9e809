import { useEffect } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { useKinward } from '../context'
import { useLater } from '../offline/later'

/** Draws nothing; once per signed-in page. Title, badge, sound and notices follow the messages until it goes. */
export function Alerts() {
  const kinward = useKinward()
  const { route } = useLocation()
  const later = useLater(() => import('./watch'), 500)
  useEffect(() => later?.watchMessages(kinward, route), [kinward, later])
  return null
}
