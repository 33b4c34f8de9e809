import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { explain, t } from '../../core/i18n'
import { MAX_TEXT } from '../../core/wire.gen'
import { announce } from '../kit'
import type { Composing } from './composing'
import type { Guard } from './guard'
import { enterSends, finePointer, intent } from './keys'
import { useScope } from './scope'
import { charactersLeft, hasWords, wellFormed } from './text'

/** From so many characters below the limit on, the rest is counted. */
const countFrom = 200

export interface ComposerProps {
  composing: Composing
  guard: Guard | undefined
  /** Corrects the newest own message, if there is one that is mounted. */
  onEditLast: () => boolean
  /** A message was handed over: the end of the transcript comes into view. */
  onSend: () => void
}

/** What the box shows besides its text, and what can be done with it. */
export interface ComposerState {
  /** Characters left, near the limit only; negative beyond it. */
  left: number | undefined
  /** What went wrong, a sentence each. */
  trouble: readonly string[]
  saving: boolean
  /** The question before the first message is shown; sending is the answer yes. */
  asking: boolean
  changed(): void
  submit(): void
  /** Leaves the question, the correction or the reply; false if there is none. */
  cancel(): boolean
  keyDown(event: KeyboardEvent): void
}

/**
 * The work behind the box. Its text lives in the DOM and is read from there when it is sent, so that nothing an input method
 * has put in is missed.
 */
export function useComposer(box: RefObject<HTMLTextAreaElement | null>, props: ComposerProps): ComposerState {
  const { composing, guard, onEditLast, onSend } = props
  const { kinward, talk } = useScope()
  const [asking, setAsking] = useState(false)
  const [left, setLeft] = useState<number>()
  const [trouble, setTrouble] = useState<readonly string[]>([])
  const [saving, setSaving] = useState(false)
  const question = { me: kinward.me.id, text: guard?.confirmText ?? '', composing }
  const value = () => box.current?.value ?? ''

  const shown = () => {
    if (box.current) fit(box.current)
    setLeft(charactersLeft(value(), MAX_TEXT, countFrom))
  }
  const show = (text: string) => {
    if (box.current) box.current.value = text
    shown()
  }
  const changed = () => {
    composing.write(value())
    shown()
    if (!composing.correcting.peek() && hasWords(value())) kinward.typing(talk.id)
  }
  const save = async (text: string) => {
    setSaving(true)
    setTrouble([])
    await composing.save(text).catch((why: { code: string; status: number }) => setTrouble([t('chat.save_failed'), explain(why)]))
    setSaving(false)
  }
  const send = (text: string) => {
    if (asking) guard?.asking?.settle(question)
    setAsking(false)
    setTrouble([])
    composing.send(text).catch(() => {
      show(composing.text)
      setTrouble([t('chat.keep_failed')])
    })
    show(composing.text)
    onSend()
  }
  const submit = () => {
    const text = wellFormed(value())
    // On touch, nothing opens the keyboard that wasn't open.
    if (finePointer() || box.current?.form?.contains(document.activeElement)) box.current?.focus()
    if (!hasWords(text) || saving) return
    const over = -(charactersLeft(text, MAX_TEXT, countFrom) ?? 0)
    if (over > 0) announce(t('chat.over', { count: over }), 'assertive')
    else if (composing.correcting.peek()) void save(text)
    else if (!asking && guard?.asking?.due(question)) setAsking(true)
    else send(text)
  }
  const cancel = () => {
    if (asking) setAsking(false)
    else if (composing.correcting.peek() || composing.reply.peek()) composing.leave()
    else return false
    setTrouble([])
    box.current?.focus()
    return true
  }
  const keyDown = (event: KeyboardEvent) => {
    const sends = enterSends(kinward.settings.enterSends.peek(), finePointer())
    const what = intent(event, { enterSends: sends, empty: value() === '' && !composing.correcting.peek() })
    if (what === 'send') submit()
    else if (what === 'edit-last' ? !onEditLast() : what === 'cancel' ? !cancel() : what !== 'nothing') return
    event.preventDefault()
    event.stopPropagation()
  }
  useText(box, composing, show)
  useKeeping(composing)
  return { left, trouble, saving, asking, changed, submit, cancel, keyDown }
}

/** Puts the right text into the box, at the beginning and where correcting begins or ends, and the focus where one answers. */
function useText(box: RefObject<HTMLTextAreaElement | null>, composing: Composing, show: (text: string) => void) {
  const begun = useRef(false)
  useLayoutEffect(() => {
    show(composing.text)
    box.current?.setSelectionRange(composing.text.length, composing.text.length)
  }, [composing.correcting.value])
  useLayoutEffect(() => {
    if (begun.current) box.current?.focus()
    begun.current = true
  }, [composing.correcting.value, composing.reply.value])
}

/** Nothing that was written is lost when the page goes away or another conversation is opened. */
function useKeeping(composing: Composing) {
  useEffect(() => {
    const keep = () => composing.keep()
    addEventListener('pagehide', keep)
    return () => {
      removeEventListener('pagehide', keep)
      keep()
    }
  }, [])
}

const growsItself = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content')

/**
 * Gives the box the direction of its text, or the page's while it is empty, and its height where style can't; the style
 * sheet sets the limit.
 */
function fit(box: HTMLTextAreaElement): void {
  const dir = box.value ? 'auto' : ''
  if (box.dir !== dir) box.dir = dir
  if (growsItself) return
  box.style.blockSize = 'auto'
  box.style.blockSize = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`
}
