import { ApiError } from '../../core/api'
import { explain } from '../../core/i18n'

/** A failed call in words for people; anything else is a fault of ours and goes on up. */
export function explainError(e: unknown): string {
  if (!(e instanceof ApiError)) throw e
  return explain(e)
}
