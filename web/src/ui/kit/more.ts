// The rest of the kit: what forms and dialogs need.

export {
  Checkbox, RadioGroup, Switch, type CheckboxProps, type RadioGroupProps, type RadioOption,
} from './choice'
export { Combobox, type ComboboxOption, type ComboboxProps } from './combobox'
export { Sparkline, Tile } from './figures'
export { LanguagePicker, type LanguagePickerProps } from './language-picker'
export { groups, QRCard, type QRCardProps } from './qr-card'
export { Table, type Column, type TableProps } from './table'
export { Tabs, type Tab, type TabsProps } from './tabs'
