import type { ComponentType } from 'preact'
import type { Composing } from './composing'

/**
 * Keeps people from writing to the wrong family: the message box always says to whom it goes, and before staff's first message
 * to a family they are asked whether these are the right ones.
 */
export interface Guard {
  /** Names and relationships, patient, birth date, bed, tail of the record number: shown above the box, never cut. */
  patientLine: string
  /** The question, with the names: "Send to Ana Almeida (daughter), family of Rosa Almeida, bed 4-12?" */
  confirmText: string
  /** Asks it; missing where nobody is asked. */
  asking?: Asking
}

/** How the question is asked. Its code comes with the pages of those who are asked. */
export interface Asking {
  /** Whether the message has to wait for an answer. If so, the question has been read out. */
  due(q: Question): boolean
  /** The answer was yes, in whatever way: it is remembered. */
  settle(q: Question): void
  View: ComponentType<QuestionProps>
}

/** One question to one person in one conversation. */
export interface Question {
  me: string
  text: string
  composing: Composing
}

export interface QuestionProps extends Question {
  onSend: () => void
  onCancel: () => void
}
