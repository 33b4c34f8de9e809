/** What a key press in the message box asks for; 'line' and undefined are left to the browser, 'nothing' is swallowed. */
export type Intent = 'send' | 'line' | 'edit-last' | 'cancel' | 'nothing' | undefined

/** The parts of a KeyboardEvent that decide. */
export interface Press {
  key: string
  keyCode: number
  isComposing: boolean
  repeat: boolean
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

/**
 * Decides on a key press in the box. While an input method composes, Enter belongs to it: Safari ends the composition before
 * the Enter that confirmed it, so that only keyCode 229 still tells (WebKit bug 165004). A held Enter sends nothing twice.
 */
export function intent(press: Press, at: { enterSends: boolean; empty: boolean }): Intent {
  if (press.isComposing || press.keyCode === 229) return undefined
  if (press.key === 'Enter') return enter(press, at.enterSends)
  if (press.key === 'Escape') return 'cancel'
  const plain = !press.shiftKey && !press.ctrlKey && !press.metaKey && !press.altKey
  return press.key === 'ArrowUp' && plain && at.empty ? 'edit-last' : undefined
}

function enter(press: Press, enterSends: boolean): Intent {
  if (press.shiftKey || press.altKey) return 'line'
  if (!enterSends && !press.ctrlKey && !press.metaKey) return 'line'
  return press.repeat ? 'nothing' : 'send'
}

/** Whether Enter sends: as set, or on devices whose main pointer is fine (a mouse, a touch pad). */
export function enterSends(setting: 'device' | 'always' | 'never', finePointer: boolean): boolean {
  return setting === 'always' || (setting === 'device' && finePointer)
}

/** Whether the main way to point is a mouse or the like, and so a keyboard of keys is at hand. */
export function finePointer(): boolean {
  return matchMedia('(pointer: fine)').matches
}
