import { signal } from '../signals'

/** What Chromium gives to a page that may be installed. */
export interface InstallEvent extends Event {
  prompt(): Promise<void>
}

/** Holds the browser's question back until somebody wants it. It comes once, soon after loading, so it is caught early. */
export const installPrompt = signal<InstallEvent | undefined>(undefined)

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault()
  installPrompt.value = event as InstallEvent
})
