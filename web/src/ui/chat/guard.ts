/**
 * Keeps staff from writing to the wrong family: the message box always says to whom it goes, and the first message to a
 * family asks whether they are the right ones.
 */
export interface Guard {
  /** Names and relationships, patient, birth date, bed, tail of the record number: shown above the box, never cut. */
  patientLine: string
  /** Whether to ask before the first message. What has been confirmed is remembered here; leave it true. */
  needsConfirm: boolean
  /** The question, with the names: "Send to Ana Almeida (daughter), family of Rosa Almeida, bed 4-12?" */
  confirmText: string
}
