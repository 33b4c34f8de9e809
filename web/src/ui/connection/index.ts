export { ConnectionBar } from './bar'
export { ConnectionPicker, type PickerProps } from './lazy'
export { InstallOffer, UpdateBar } from '../offline'
