import { tag } from '../../core/i18n'

/** A number with its unit in the reader's language: "38 ms". */
export function amount(n: number, unit: string, unitDisplay: 'short' | 'long' = 'short'): string {
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay, maximumFractionDigits: n < 10 ? 1 : 0 }).format(n)
}
