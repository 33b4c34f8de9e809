import { useEffect, useRef } from 'preact/hooks'
import { layers } from '../kit'

/** What the keys of a signed-in page do (B-32). Each is told only while no dialog is open, but for `find` and `help`. */
export interface Keys {
  find: () => void
  help: () => void
  /** To the next (1) or previous (-1) row of the list; `waiting`: that waits. */
  step: (by: 1 | -1, waiting: boolean) => void
  /** Esc, when nothing else took it. */
  leave: () => void
}

/** Listens to the keys of the page. No single letters (WCAG 2.1.4), and Ctrl+F stays the browser's. */
export function useShortcuts(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing || e.keyCode === 229) return
      const does = meant(e, latest.current)
      if (!does) return
      e.preventDefault()
      does()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}

function meant(e: KeyboardEvent, keys: Keys): (() => void) | undefined {
  const command = (e.ctrlKey || e.metaKey) && !e.altKey
  if (layers() > 0) return undefined
  if (command && !e.shiftKey && e.key.toLowerCase() === 'k') return keys.find
  if (command && (e.key === '/' || e.code === 'Slash')) return keys.help
  if (e.altKey && !e.ctrlKey && !e.metaKey && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
    return () => keys.step(e.key === 'ArrowDown' ? 1 : -1, e.shiftKey)
  }
  if (e.key === 'Escape' && !command && !e.shiftKey && !e.altKey) return keys.leave
  return undefined
}

/** How the command key is called where the reader sits. */
export function commandKey(): string {
  return /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl'
}
