import { lazy } from '../lazy'

export interface PickerProps {
  open: boolean
  onClose: () => void
}

const Picker = lazy<PickerProps>('piece', () => import('./picker'))

/** The dialog "How messages reach this device". Its code is fetched when it is opened first. */
export function ConnectionPicker(props: PickerProps) {
  return props.open ? <Picker {...props} /> : null
}
