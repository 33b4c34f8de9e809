import { lazy } from '../lazy'
import { useLater } from '../offline/later'

export interface PickerProps {
  open: boolean
  onClose: () => void
}

const Picker = lazy<PickerProps>('piece', () => import('./picker'))

/** The dialog "How messages reach this device". Its code is fetched when it is opened first. */
export function ConnectionPicker(props: PickerProps) {
  return props.open ? <Picker {...props} /> : null
}

/**
 * What is told about the connection above a view. It is silent in the first three seconds anyway, so its code comes right after
 * the first drawing.
 */
export function ConnectionBar() {
  const late = useLater(() => import('./bar'), 0)
  return late ? <late.ConnectionBar /> : null
}
