import { useMemo, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { announce } from '../kit'
import { dayOf, GuardMemory, type Guard } from './guard'

/** The question that comes before the first message to a family. */
export interface Confirming {
  readonly asking: boolean
  readonly today: boolean
  setToday(today: boolean): void
  /** Begins to ask, if that is due; tells whether the message has to wait. While it asks, a second call is the answer yes. */
  ask(): boolean
  /** The message goes: the answer is remembered. */
  settle(): void
  /** The answer is no, or not yet. */
  drop(): void
}

/** Asks once for each conversation that `guard` watches. */
export function useConfirm(guard: Guard | undefined, conversation: string, me: string): Confirming {
  const memory = useMemo(() => new GuardMemory(me, storage('sessionStorage'), storage('localStorage')), [me])
  const [asking, setAsking] = useState(false)
  const [today, setToday] = useState(false)
  return {
    asking, today, setToday,
    ask() {
      if (asking || !guard?.needsConfirm || memory.knows(conversation, dayOf(new Date()))) return false
      setAsking(true)
      announce(guard.confirmText, 'assertive')
      announce(t('chat.confirm_enter'), 'assertive')
      return true
    },
    settle() {
      if (asking) memory.remember(conversation, today ? dayOf(new Date()) : undefined)
      setAsking(false)
    },
    drop: () => setAsking(false),
  }
}

// Where site data is blocked, the mere mention of the storage throws.
function storage(name: 'sessionStorage' | 'localStorage'): Storage | undefined {
  try {
    return window[name]
  } catch {
    return undefined
  }
}
