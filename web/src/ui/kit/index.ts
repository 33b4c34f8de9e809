export { announce, Announcer, type Urgency } from './announcer'
export {
  Button, ButtonLink, Chip, IconButton,
  type ButtonKind, type ButtonLinkProps, type ButtonProps, type ChipProps, type IconButtonProps,
} from './button'
export {
  Checkbox, RadioGroup, Switch, type CheckboxProps, type RadioGroupProps, type RadioOption,
} from './choice'
export { classes } from './classes'
export { Combobox, type ComboboxOption, type ComboboxProps } from './combobox'
export { Dialog, type DialogProps } from './dialog'
export {
  Banner, ConnectionBar, EmptyState, Skeleton, Spinner,
  type Action, type BannerKind, type BannerProps, type ConnectionLook, type EmptyStateProps,
} from './feedback'
export {
  SearchField, Select, TextArea, TextField, written,
  type SearchFieldProps, type SelectOption, type SelectProps, type TextAreaProps, type TextFieldProps,
} from './field'
export { Sparkline, Tile } from './figures'
export { focusHeading, restoreFocus, rove, useRegions, useRoving, type Roving } from './focus'
export { SkipLink, VisuallyHidden } from './hidden'
export { LanguagePicker, type LanguagePickerProps } from './language-picker'
export { layers } from './layers'
export { DayLine, JumpPill, NoteLine, UnreadLine } from './lines'
export { ListRow, type ListRowProps } from './list'
export {
  Avatar, Badge, Dot, initials, spanWords, StateText, Tag, WaitTag,
  type AvatarProps, type BadgeProps, type SendState, type TagProps, type WaitLevel, type WaitTagProps,
} from './marks'
export { MenuButton, type MenuButtonProps, type MenuItem } from './menu'
export { groups, QRCard, type QRCardProps } from './qr-card'
export { panes, Shell, type ShellProps } from './shell'
export { Table, type Column, type TableProps } from './table'
export { Tabs, type Tab, type TabsProps } from './tabs'
export { toast, Toasts } from './toast'
