// The service worker: Kinward opens without a network, and an open page keeps finding its own build's files after the server
// has got a newer one. It holds nothing but the files of one build; the API is never touched, so it knows nobody's data.

import type { TakeOver } from './core/update'

declare const self: ServiceWorkerGlobalScope

const mine = `kinward-${__BUILD__}`
const shell = '/'

// A hospital's Wi-Fi that answers later than this seems dead to the person in front of it.
const patienceMs = 3000

// The paths that the client draws by itself. All others are the server's own pages.
const drawn = /^\/($|join$|people$|c\/|patients\/)/

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))

self.addEventListener('message', (event) => {
  if ((event.data as TakeOver | undefined)?.is === 'take-over') event.waitUntil(self.skipWaiting())
})

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url)
  if (event.request.method !== 'GET' || origin !== self.location.origin) return
  if (event.request.mode === 'navigate') {
    if (drawn.test(pathname)) event.respondWith(page(event.request))
  } else if (pathname.startsWith('/assets/')) {
    event.respondWith(asset(event))
  }
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(show((event.notification.data as { path?: string } | null)?.path ?? shell))
})

async function install(): Promise<void> {
  const cache = await caches.open(mine)
  const page = await fetch(shell, { cache: 'reload' })
  if (!page.ok) throw new Error(`the page answered ${page.status}`)
  const text = await page.clone().text()
  const languages = await languagesIn(text)
  await Promise.all([cache.put(shell, page), cache.addAll([...__ASSETS__, ...languages])])
}

// The catalogues to keep: the one that the page itself asks for, and those that this device has used before.
async function languagesIn(page: string): Promise<string[]> {
  const used: string[] = []
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) used.push(new URL(request.url).pathname)
  }
  const spoken = (path: string) => page.includes(path) || used.some((u) => u.startsWith(path.slice(0, path.lastIndexOf('-') + 1)))
  return Object.values(__LOCALES__).filter(([first = '']) => spoken(first)).flat() // the others are named alike in all languages
}

// Where other tabs are open they may still run the build before, whose files the server no longer has: one build before this
// one stays then. Caches are listed in the order in which they were made.
async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith('kinward-') && name !== mine)
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (tabs.length > 1) old.pop()
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

// The server's page, as long as there is a server that answers soon and in health.
async function page(request: Request): Promise<Response> {
  const answer = fetch(request)
  const healthy = answer.then((a) => (a.status < 500 ? a : undefined)).catch(() => undefined)
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs))
  const kept = async () => (await caches.open(mine)).match(shell, { ignoreVary: true })
  return (await Promise.race([healthy, late])) ?? (await kept()) ?? answer
}

// A hashed name stands for its content for ever, so a copy is as good as the server's.
async function asset(event: FetchEvent): Promise<Response> {
  const { request } = event
  const kept = await caches.match(request, { ignoreVary: true })
  if (kept) return kept
  const [answer, cache] = await Promise.all([fetch(request), caches.open(mine)])
  if (answer.ok) event.waitUntil(cache.put(request, answer.clone()))
  return answer
}

async function show(path: string): Promise<void> {
  const [tab] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (!tab) {
    await self.clients.openWindow(path)
    return
  }
  tab.postMessage({ open: path })
  await tab.focus()
}
