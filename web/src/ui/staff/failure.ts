import { ApiError } from '../../core/api'
import { explain } from '../../core/i18n'

/** Puts the focus on the first field of a dialog that is marked as wrong, or on what is said of it, once it is. */
export function focusWrong(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('dialog :is([aria-invalid], .kw-error[tabindex])')?.focus())
}

/** A failed call in words for people; anything else is a fault of ours and goes on up. */
export function explainError(e: unknown): string {
  if (!(e instanceof ApiError)) throw e
  return explain(e)
}
