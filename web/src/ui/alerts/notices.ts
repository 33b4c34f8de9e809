// Notices of the system, by this page: they come only while a Kinward page is open. Nothing is sent to any push service.

import { keep, kept } from '../offline/kept'
import { signal, type ReadonlySignal } from '../signals'

/** `unavailable`: plain HTTP, or a browser that has none for pages (iOS outside of the Home Screen). */
export type Permission = NotificationPermission | 'unavailable'

const permission = signal<Permission>(current())
const wanted = signal(kept('notices') === 'on')

/** What the browser allows. */
export const noticePermission: ReadonlySignal<Permission> = permission

/** Whether this device's person wants notices. They are shown only if the browser allows them too. */
export const noticesWanted: ReadonlySignal<boolean> = wanted

function current(): Permission {
  return isSecureContext && 'Notification' in globalThis ? Notification.permission : 'unavailable'
}

/** Turns notices on, asking the browser if need be. To be called in answer to a tap, and at no other time (B-38). */
export async function wantNotices(on: boolean): Promise<void> {
  if (on && current() === 'default') await Notification.requestPermission().catch(() => undefined)
  permission.value = current()
  wanted.value = on && permission.value === 'granted'
  keep('notices', wanted.value ? 'on' : 'off')
}

/** A notice that a conversation has something new. It says neither who nor what (B-39). */
export interface Notice {
  conversation: string
  text: string
  path: string // where the conversation is
  silent: boolean // Kinward makes a sound itself
}

/** Shows a notice in place of an earlier one of the same conversation. A click on it brings a Kinward page to the front. */
export async function showNotice(n: Notice, open: (path: string) => void): Promise<void> {
  if (kept('notices') !== 'on' || current() !== 'granted') return // kept, since another tab may have changed it
  const icon = document.querySelector<HTMLLinkElement>('link[rel="apple-touch-icon"]')?.href
  const options: NotificationOptions & { renotify?: boolean } = {
    tag: `kinward-${n.conversation}`, renotify: true, silent: n.silent, lang: document.documentElement.lang,
    data: { conversation: n.conversation, path: n.path } satisfies NoticeData, ...(icon && { icon }),
  }
  const worker = await registration()
  if (worker) {
    await worker.showNotification(n.text, options)
    return
  }
  const notice = new Notification(n.text, options)
  notice.onclick = () => {
    window.focus()
    open(n.path)
    notice.close()
  }
  own.add(notice)
}

/** Takes back the notices of conversations that are read by now. */
export async function takeBack(read: (conversation: string) => boolean): Promise<void> {
  if (current() !== 'granted' && own.size === 0) return
  const shown = await (await registration())?.getNotifications()
  for (const notice of [...own, ...(shown ?? [])]) {
    if (!read((notice.data as NoticeData).conversation)) continue
    notice.close()
    own.delete(notice)
  }
}

interface NoticeData {
  conversation: string
  path: string
}

const own = new Set<Notification>() // those that no service worker shows

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  return found?.active ? found : undefined
}
