/** A page that still stands so long after it was to be left stays: a file was asked for, say, and not another page. */
const leavingMs = 5000
let leaving = false
addEventListener('beforeunload', () => {
  leaving = true
  setTimeout(() => { leaving = false }, leavingMs)
})

/**
 * import() for a part of the client that loads later. Where its file can't be had although the server answers, the server
 * has a newer build: the page then loads anew, once; drafts are kept by `pagehide`. Offline the import's own error is
 * passed on.
 */
export async function part<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    // Firefox drops what is loading as soon as another page is asked for. Loading this one anew would call that off.
    if (leaving) return new Promise((again) => setTimeout(again, leavingMs)).then(() => part(load))
    if (!(await serverAnswers()) || !mayReload()) throw error
    location.reload()
    return new Promise(() => undefined)
  }
}

async function serverAnswers(): Promise<boolean> {
  try {
    return (await fetch('/', { method: 'HEAD', cache: 'no-store' })).ok
  } catch {
    return false
  }
}

// Once in a minute: a file that is truly missing must not make the page reload for ever.
function mayReload(): boolean {
  try {
    const last = Number(sessionStorage.getItem('kinward.reloaded'))
    if (Date.now() - last < 60_000) return false
    sessionStorage.setItem('kinward.reloaded', String(Date.now()))
    return true
  } catch {
    return false
  }
}
