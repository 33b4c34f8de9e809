/*
 * While a modal dialog is open, everything outside it is inert: a toast could not be reached, and an announcement would
 * not be heard. So what must stay alive moves into the topmost dialog and back again.
 */
const dialogs: Element[] = []
const travellers = new Set<Element>()

/** Keeps an element of the page alive above dialogs. Returns how to end that. */
export function travel(element: Element): () => void {
  travellers.add(element)
  settle()
  return () => {
    travellers.delete(element)
    element.remove()
  }
}

/** A modal dialog has been shown. Returns what to call before it is closed. */
export function enterLayer(dialog: Element): () => void {
  dialogs.push(dialog)
  settle()
  return () => {
    dialogs.splice(dialogs.indexOf(dialog), 1)
    settle()
  }
}

/** How many dialogs are open. Global keys do nothing while one is. */
export function layers(): number {
  return dialogs.length
}

function settle() {
  const home = dialogs[dialogs.length - 1] ?? document.body
  for (const element of travellers) if (element.parentElement !== home) home.append(element)
}
