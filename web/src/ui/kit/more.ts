// The rest of the kit, which a relative's conversation does without. It is apart from index.ts because whoever imports one name
// of such a list fetches the code of all.

export {
  Checkbox, RadioGroup, Switch, type CheckboxProps, type RadioGroupProps, type RadioOption,
} from './choice'
export { Combobox, type ComboboxOption, type ComboboxProps } from './combobox'
export { Dialog, type DialogProps } from './dialog'
export {
  SearchField, Select, TextArea, TextField, written,
  type SearchFieldProps, type SelectOption, type SelectProps, type TextAreaProps, type TextFieldProps,
} from './field'
export { Sparkline, Tile } from './figures'
export { LanguagePicker, type LanguagePickerProps } from './language-picker'
export { ListRow, type ListRowProps } from './list'
export {
  Avatar, Badge, Dot, initials, spanWords, Tag, WaitTag,
  type AvatarProps, type BadgeProps, type TagProps, type WaitLevel, type WaitTagProps,
} from './marks'
export { MenuButton, type MenuButtonProps, type MenuItem } from './menu'
export { groups, QRCard, type QRCardProps } from './qr-card'
export { Table, type Column, type TableProps } from './table'
export { Tabs, type Tab, type TabsProps } from './tabs'
