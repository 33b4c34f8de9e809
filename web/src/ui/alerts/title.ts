import { useEffect, useState } from 'preact/hooks'
import { effect, signal } from '../signals'

interface View {
  readonly depth: number
  readonly text: string
}

const product = 'Kinward'
const views = signal<readonly View[]>([])
let mounted = 0

/** The number of unread messages in the title. */
export const unreadInTitle = signal(0)

/**
 * Names the page while the component is shown: "Rosa Almeida, 4-12" becomes "(3) Rosa Almeida, 4-12 – Kinward". Of several
 * components the innermost counts; an empty text leaves the word to the ones around it.
 */
export function useTitle(text: string): void {
  const [depth] = useState(() => mounted++) // parents render first, so the innermost has the highest
  useEffect(() => {
    const view = { depth, text }
    views.value = [...views.value, view]
    return () => { views.value = views.value.filter((v) => v !== view) }
  }, [depth, text])
}

/** The title of the page for what is shown and how much is unread. */
export function composeTitle(text: string, count: number): string {
  const name = text ? `${text} – ${product}` : product
  return count > 0 ? `(${count > 99 ? '99+' : count}) ${name}` : name
}

effect(() => {
  const innermost = views.value.filter((v) => v.text).sort((a, b) => b.depth - a.depth)[0]
  document.title = composeTitle(innermost?.text ?? '', unreadInTitle.value)
})
