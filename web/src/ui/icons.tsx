// Lucide icons (licence: web/vendor/lucide-static/LICENSE), each as one path in a box of 24 × 24: those of a conversation. All others
// are in desk-icons.ts and rare-icons.ts, so that relatives need not fetch them.
// `node vendor/lucide-static/path.mjs NAME` in web/ prints the line for another one.
const paths = {
  send: 'M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11zM21.854 2.147l-10.94 10.939',
  x: 'M18 6L6 18M6 6l12 12',
  check: 'M20 6L9 17l-5-5',
  'check-check': 'M18 6L7 17l-5-5M22 10l-7.5 7.5L13 16',
  clock: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM12 6v6l4 2',
  'alert-triangle': 'M21.73 18l-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01',
  phone: 'M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384',
  message: 'M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719',
  'arrow-down': 'M12 5v14M19 12l-7 7-7-7',
  'arrow-left': 'M12 19l-7-7 7-7M19 12H5',
  refresh: 'M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8M21 3v5h-5M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16M8 16H3v5',
  eye: 'M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z',
  info: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM12 16v-4M12 8h.01',
  alert: 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM12 8L12 12M12 16L12.01 16',
}

/** One of desk-icons.ts or rare-icons.ts. */
export interface Drawing {
  path: string
  /** Points along the line of writing. */
  directional?: boolean
}

/** An icon of this client: the name of a common one, or another one itself. */
export type IconName = keyof typeof paths | Drawing

/** Icons that point along the line of writing: drawn the other way round in right-to-left languages. */
const directional: ReadonlySet<IconName> = new Set<IconName>(['send', 'arrow-left'])

/** An icon, 1.25 times the text around it. Decorative, unless `label` says what it stands for. */
export function Icon({ name, label, class: extra }: {
  name: IconName
  label?: string | undefined
  class?: string | undefined
}) {
  const icon: Drawing = typeof name === 'string' ? { path: paths[name], directional: directional.has(name) } : name
  const names = ['kw-icon', icon.directional && 'kw-icon-directional', extra].filter(Boolean).join(' ')
  const meaning = label ? { role: 'img' as const, 'aria-label': label } : { 'aria-hidden': true as const }
  return (
    <svg class={names} viewBox="0 0 24 24" focusable="false" {...meaning}>
      <path d={icon.path} />
    </svg>
  )
}

/** The names of the common icons, for the gallery. */
export const iconNames = Object.keys(paths) as (keyof typeof paths)[]
