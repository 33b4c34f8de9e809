export { announce, Announcer, type Urgency } from './announcer'
export {
  Button, ButtonLink, IconButton,
  type ButtonKind, type ButtonLinkProps, type ButtonProps, type IconButtonProps,
} from './button'
export { classes } from './classes'
export {
  Banner, EmptyState, Skeleton, Spinner,
  type Action, type BannerKind, type BannerProps, type EmptyStateProps,
} from './feedback'
export { focusHeading, restoreFocus, rove, useRoving, type Roving } from './focus'
export { Frame, type FrameProps } from './frame'
export { SkipLink, VisuallyHidden } from './hidden'
export { layers } from './layers'
export { DayLine, JumpPill, UnreadLine } from './lines'
export { StateText, type SendState } from './state-text'
export { toast, Toasts } from './toast'
