// What the pages of staff and their colleagues draw at once beyond index.ts, and a relative's conversation does without. The lists
// are apart because whoever imports one name of such a list fetches the code of all.

export { Chip, type ChipProps } from './chip'
export {
  SearchField, Select, TextArea, TextField, written,
  type SearchFieldProps, type SelectOption, type SelectProps, type TextAreaProps, type TextFieldProps,
} from './field'
export { ListRow, type ListRowProps } from './list'
export {
  Avatar, Badge, Dot, initials, spanWords, Tag, WaitTag,
  type AvatarProps, type BadgeProps, type TagProps, type WaitLevel, type WaitTagProps,
} from './marks'
