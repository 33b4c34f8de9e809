export { ChatView, type ChatViewProps } from './chat-view'
export type { Guard } from './guard'
export type { Audience } from './scope'
