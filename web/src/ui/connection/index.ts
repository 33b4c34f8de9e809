export { ConnectionBar, ConnectionPicker, type PickerProps } from './lazy'
export { InstallOffer, UpdateBar } from '../offline'
