import { localKeep, safe } from '../../core/local'

const storage = safe(localKeep())

/** A small note that this device keeps, such as "not now"; undefined if there is none. It never throws. */
export function kept(name: string): string | undefined {
  return storage.getItem(`kinward.note.${name}`) ?? undefined
}

/** Keeps a note; where the browser refuses storage, as long as the page lasts. */
export function keep(name: string, value: string): void {
  storage.setItem(`kinward.note.${name}`, value)
}
