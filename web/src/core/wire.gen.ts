// Made from internal/protocol by go generate ./web. What each thing means is written there and in docs/protocol.

export const MAX_BODY = 262144
export const MAX_TEXT = 16000
export const MAX_NAME = 200
export const DEFAULT_LIMIT = 50
export const MAX_LIMIT = 200
export const DEFAULT_FEED_LIMIT = 500
export const MAX_FEED_LIMIT = 1000
export const MAX_WAIT = 60
export const HEARTBEAT_SECONDS = 15
export const SUBPROTOCOL = 'kinward.v1'
export const CLOSE_RESTARTING = 4000
export const CLOSE_TOO_SLOW = 4001
export const CLOSE_AUTH_TIMEOUT = 4002
export const CLOSE_RESET = 4410
export const CLOSE_MALFORMED = 4500
export const CLOSE_UNAUTHORIZED = 4501

export interface About {
  name: string
  registration: string
  urgent_phone?: string
  answers_within_minutes?: number
  answers_from?: string
  answers_until?: string
  seen_by_team: boolean
  version: string
  build: string
}

export interface Person {
  id: string
  kind: string
  handle?: string
  name: string
  role?: string
}

export interface Conversation {
  id: string
  kind: string
  title: string
  patient?: Subject
  members: Member[]
  last?: Message
  last_seq: number
  unread: number
  version: number
}

export interface Subject {
  id: string
  name: string
}

export interface Member {
  conversation: string
  person: Person
  state: string
  read: number
  delivered: number
  version: number
}

export interface Message {
  conversation: string
  seq: number
  id: string
  sender: string
  text?: string
  kind: string
  reply_to?: number
  created_at: string
  corrected_at?: string
  retracted_at?: string
  version: number
}

export interface Change {
  version: number
  type: string
  conversation?: string
  message?: Message
  member?: Member
  details?: Conversation
  patient?: string
}

export interface Ephemeral {
  type: string
  person: string
  conversation?: string
  state?: string
}

export interface Page {
  cursor: string
  head: number
  changes: Change[]
  ephemeral: Ephemeral[]
  more: boolean
}

export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail?: string
  field?: string
}

export interface Session {
  id: string
  device: string
  created_at: string
  last_seen: string
  current: boolean
}

export interface Identifier {
  system: string
  value: string
}

export interface Patient {
  id: string
  name: string
  birth_date: string
  sex: string
  identifiers?: Identifier[]
  ward: string
  room: string
  bed: string
  status: string
  conversation: string
  unread: number
  waiting_since?: string
  family?: Relative[]
  team?: TeamMember[]
}

export interface Relative {
  link: string
  person?: string
  name: string
  relationship: string
  state: string
}

export interface TeamMember {
  assignment: string
  person: string
  name: string
  role: string
}

export interface Invitation {
  id: string
  link: string
  code: string
  url: string
  expires_at: string
}

export interface Register {
  name: string
  handle?: string
  password?: string
}

export interface SignIn {
  handle?: string
  password?: string
  totp?: string
  account?: string
  device?: string
}

export interface ChangePassword {
  current: string
  new: string
}

export interface OpenConversation {
  kind: string
  with?: string
  title?: string
  members?: string[]
}

export interface NewMessage {
  id: string
  text: string
  reply_to?: number
}

export interface Correction {
  text: string
}

export interface Marks {
  read: number
}

export interface AddMember {
  person: string
}

export interface Consent {
  basis: string
  note?: string
}

export interface Invite {
  name: string
  relationship: string
  language?: string
  scope?: string
  consent: Consent
}

export interface Redeem {
  code: string
  birth_date: string
  name?: string
}

export interface Revoke {
  reason: string
}

export interface Assign {
  person: string
  role: string
  from?: string
  until?: string
}

export interface SignedIn {
  person: Person
  token: string
}

export interface Redeemed {
  person: Person
  token: string
  conversation: Conversation
  patient: Subject
}

export interface EnterEmbed {
  token: string
}

export interface Embedded {
  person: Person
  token: string
  expires_in: number
  patient?: Subject
}

export interface EmbedRenewed {
  expires_in: number
}

export interface EmbedPatient {
  patient: Subject
}

export interface OnePerson {
  person: Person
}

export interface OneConversation {
  conversation: Conversation
}

export interface OneMessage {
  message: Message
}

export interface OnePatient {
  patient: Patient
}

export interface OneAssignment {
  assignment: TeamMember
}

export interface Snapshot {
  conversations: Conversation[]
  cursor: string
}

export interface PeopleList {
  people: Person[]
}

export interface SessionList {
  sessions: Session[]
}

export interface MessageList {
  messages: Message[]
  more: boolean
}

export interface PatientList {
  patients: Patient[]
  more: boolean
}

export interface ClientFrame {
  op: string
  ref?: string
  token?: string
  cursor?: string
  conversation?: string
  message?: NewMessage
  read?: number
}

export interface ServerFrame {
  op: string
  cursor?: string
  head?: number
  heartbeat_s?: number
  changes?: Change[]
  type?: string
  person?: string
  conversation?: string
  state?: string
  ref?: string
  message?: Message
  code?: string
  detail?: string
  field?: string
  retry_after_ms?: number
}
