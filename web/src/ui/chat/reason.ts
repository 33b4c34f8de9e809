import { explain, textOf } from '../../core/i18n'

/** Why a message was not taken, in words that say what can be done. */
export function reason(code: string): string {
  return textOf(`chat.why_${code}`) ?? explain({ code })
}
