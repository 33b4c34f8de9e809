import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { localKeep, safe } from '../../core/local'
import { announce } from '../kit'
import type { Composing } from './composing'
import type { Guard } from './guard'

/** The question that comes before the first message to a family. */
export interface Confirming {
  readonly asking: boolean
  /** Not to ask again about this family today, in another session of this person on this device neither. */
  readonly today: boolean
  setToday(today: boolean): void
  /** Begins to ask, if that is due; tells whether the message has to wait. While it asks, a second call is the answer yes. */
  ask(): boolean
  /** The message goes: the answer is remembered. */
  settle(): void
  /** The answer is no, or not yet. */
  drop(): void
}

/** Asks once in each conversation that `guard` watches, for as long as one is signed in and the people are the same. */
export function useConfirm(guard: Guard | undefined, composing: Composing, me: string): Confirming {
  const [asking, setAsking] = useState(false)
  const [today, setToday] = useState(false)
  const kept = safe(localKeep())
  const key = `kinward.confirmed.${me}.${composing.conversation}`
  const day = new Date().toDateString()
  return {
    asking, today, setToday,
    ask() {
      if (asking || !guard?.needsConfirm || composing.confirmed === guard.confirmText || kept.getItem(key) === day) return false
      setAsking(true)
      announce(guard.confirmText, 'assertive')
      announce(t('chat.confirm_enter'), 'assertive')
      return true
    },
    settle() {
      if (asking && guard) composing.confirmed = guard.confirmText
      if (asking && today) kept.setItem(key, day)
      setAsking(false)
    },
    drop: () => setAsking(false),
  }
}
