import { useId, useRef } from 'preact/hooks'
import { t } from '../../core/i18n'
import { Button } from '../kit'
import { lazy } from '../lazy'
import type { Guard } from './guard'
import { useScope } from './scope'
import { useComposer, type ComposerProps, type ComposerState } from './use-composer'

const ComposerBar = lazy('piece', () => import('./composer-bar'))

/** The box for writing. A key press draws nothing anew unless the counter or an error changes. */
export function Composer(props: ComposerProps) {
  const { composing, guard } = props
  const box = useRef<HTMLTextAreaElement>(null)
  const state = useComposer(box, props)
  const { left, trouble, saving, asking, changed, submit, cancel, keyDown } = state
  const { me } = useScope().kinward
  const Question = asking && guard?.asking?.View
  const id = useId()
  const noted = left !== undefined || trouble.length > 0
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
      {(composing.correcting.value || composing.reply.value) && <ComposerBar composing={composing} onCancel={cancel} />}
      {Question && <Question me={me.id} text={guard.confirmText} composing={composing} onSend={submit} onCancel={cancel} />}
      <div class="kw-composer-line">
        <textarea
          ref={box}
          class="kw-input kw-box"
          rows={1}
          aria-labelledby={`${id}-to`}
          aria-describedby={noted ? `${id}-note` : undefined}
          aria-invalid={(left ?? 0) < 0 || undefined}
          placeholder={t('chat.write_here')}
          onInput={changed}
          onCompositionEnd={changed}
          onKeyDown={keyDown}
          onBlur={() => composing.keep()}
        />
        {/* The press must not take the focus from the box: on touch the keyboard would close. */}
        <Button type="submit" kind="primary" icon="send" busy={saving} onMouseDown={(event) => event.preventDefault()}>
          {composing.correcting.value ? t('chat.save') : t('chat.send')}
        </Button>
      </div>
      {noted && <Note id={`${id}-note`} {...state} />}
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

/** How much room is left, and what went wrong. */
function Note({ id, left, trouble }: { id: string } & Pick<ComposerState, 'left' | 'trouble'>) {
  const over = left !== undefined && left < 0
  return (
    <div class="kw-composer-note" id={id} data-over={over || trouble.length > 0 || undefined}>
      {left !== undefined && <p>{over ? t('chat.over', { count: -left }) : t('chat.left', { count: left })}</p>}
      {trouble.map((line) => <p key={line} role="alert">{line}</p>)}
    </div>
  )
}
