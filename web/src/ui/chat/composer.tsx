import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { explain, t } from '../../core/i18n'
import { MAX_TEXT } from '../../core/wire.gen'
import { announce, Button } from '../kit'
import type { Composing } from './composing'
import { Confirm } from './confirm'
import type { Guard } from './guard'
import { enterSends, intent } from './keys'
import { ComposerBar } from './composer-bar'
import { useScope } from './scope'
import { charactersLeft, hasWords, wellFormed } from './text'
import { useConfirm } from './use-confirm'

/** From so many characters below the limit on, the rest is counted. */
const countFrom = 200

interface ComposerProps {
  composing: Composing
  guard: Guard | undefined
  /** Corrects the newest own message, if there is one in view of the transcript. */
  onEditLast: () => boolean
  /** A message was handed over: the end of the transcript comes into view. */
  onSend: () => void
}

/**
 * The box for writing. Its text lives in the DOM and is read from there when it is sent, so that nothing an input method has
 * put in is missed; a key press renders nothing unless the counter or an error changes.
 */
export function Composer({ composing, guard, onEditLast, onSend }: ComposerProps) {
  const { kinward, talk } = useScope()
  const box = useRef<HTMLTextAreaElement>(null)
  const [left, setLeft] = useState<number>()
  const [trouble, setTrouble] = useState<readonly string[]>([])
  const [saving, setSaving] = useState(false)
  const confirm = useConfirm(guard, composing, kinward.me.id)
  const id = useId()
  const correcting = composing.correcting.value

  const show = (text: string) => {
    if (!box.current) return
    box.current.value = text
    fit(box.current)
    setLeft(charactersLeft(text, MAX_TEXT, countFrom))
  }
  const changed = () => {
    const text = box.current?.value ?? ''
    composing.write(text)
    if (box.current) fit(box.current)
    setLeft(charactersLeft(text, MAX_TEXT, countFrom))
    if (!correcting && hasWords(text)) kinward.typing(talk.id)
  }
  useText(box, composing, show)
  useKeeping(composing)

  const save = async (text: string) => {
    setSaving(true)
    setTrouble([])
    try {
      await composing.save(text)
    } catch (why) {
      const { code = 'internal', status } = why as { code?: string; status?: number }
      setTrouble([t('chat.save_failed'), explain(status === undefined ? { code } : { code, status })])
    }
    setSaving(false)
  }
  const send = (text: string) => {
    confirm.settle()
    setTrouble([])
    const handed = composing.send(text)
    show('')
    handed.catch(() => {
      show(composing.text)
      setTrouble([t('chat.keep_failed')])
    })
    onSend()
  }
  const submit = () => {
    const text = wellFormed(box.current?.value ?? '')
    box.current?.focus()
    if (!hasWords(text) || saving) return
    const room = charactersLeft(text, MAX_TEXT, countFrom)
    if (room !== undefined && room < 0) return announce(t('chat.over', { count: -room }), 'assertive')
    if (correcting) return void save(text)
    if (confirm.ask()) return
    send(text)
  }
  const cancel = (): boolean => {
    if (confirm.asking) return confirm.drop(), true
    if (!correcting && !composing.reply.peek()) return false
    composing.end()
    composing.reply.value = undefined
    box.current?.focus()
    return true
  }
  const keyDown = (event: KeyboardEvent) => {
    const sends = enterSends(kinward.settings.enterSends.peek(), matchMedia('(pointer: fine)').matches)
    const what = intent(event, { enterSends: sends, empty: box.current?.value === '' && !correcting })
    if (what === 'send') submit()
    else if (what === 'edit-last' ? !onEditLast() : what === 'cancel' ? !cancel() : what !== 'nothing') return
    event.preventDefault()
    event.stopPropagation()
  }
  const over = left !== undefined && left < 0
  return (
    <form
      class="kw-composer"
      aria-label={t('chat.write')}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <ToWhom id={`${id}-to`} guard={guard} />
      <ComposerBar composing={composing} onCancel={cancel} />
      {confirm.asking && guard && <Confirm guard={guard} confirm={confirm} onSend={submit} onCancel={cancel} />}
      <div class="kw-composer-line">
        <textarea
          ref={box}
          class="kw-input kw-box"
          rows={1}
          aria-labelledby={`${id}-to`}
          aria-describedby={left !== undefined || trouble.length ? `${id}-note` : undefined}
          aria-invalid={over || undefined}
          placeholder={t('chat.write_here')}
          onInput={changed}
          onCompositionEnd={changed}
          onKeyDown={keyDown}
          onBlur={() => composing.keep()}
        />
        {/* The press must not take the focus from the box: on touch the keyboard would close. */}
        <Button type="submit" kind="primary" icon="send" busy={saving} onMouseDown={(event) => event.preventDefault()}>
          {correcting ? t('chat.save') : t('chat.send')}
        </Button>
      </div>
      {(left !== undefined || trouble.length > 0) && (
        <div class="kw-composer-note" id={`${id}-note`} data-over={over || trouble.length > 0 || undefined}>
          {left !== undefined && <p>{over ? t('chat.over', { count: -left }) : t('chat.left', { count: left })}</p>}
          {trouble.map((line) => <p key={line} role="alert">{line}</p>)}
        </div>
      )}
    </form>
  )
}

/** Says to whom the box writes: for staff in full and always in sight, else for screen readers. */
function ToWhom({ id, guard }: { id: string; guard: Guard | undefined }) {
  const { talk, audience } = useScope()
  if (guard) return <p class="kw-to" id={id} dir="auto">{guard.patientLine}</p>
  const text = audience === 'family' ? t('chat.write_to_team') : t('chat.write_to', { name: talk.details.value.title })
  return <p class="kw-hidden" id={id}>{text}</p>
}

/** Puts the right text into the box, at the beginning and where correcting begins or ends, and the focus where one answers. */
function useText(box: { current: HTMLTextAreaElement | null }, composing: Composing, show: (text: string) => void) {
  const shown = useRef(false)
  useLayoutEffect(() => {
    show(composing.text)
    const length = composing.text.length
    box.current?.setSelectionRange(length, length)
  }, [composing.correcting.value])
  useLayoutEffect(() => {
    if (shown.current) box.current?.focus()
    shown.current = true
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
