/** Joins the class names that apply: classes('kw-row', current && 'is-current', extra). */
export function classes(...names: unknown[]): string {
  return names.filter((name) => typeof name === 'string' && name).join(' ')
}
