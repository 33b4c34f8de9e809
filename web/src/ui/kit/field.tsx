import type { ComponentChildren, Ref, TargetedEvent, TargetedFocusEvent, TargetedKeyboardEvent } from 'preact'
import { useId, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { Icon } from '../icons'
import * as desk from '../desk-icons'
import { classes } from './classes'

interface FieldProps {
  /** Stands above the field; every field has one. */
  label: string
  /** Keeps the label for screen readers only. */
  labelHidden?: boolean | undefined
  /** One sentence of help below. */
  hint?: ComponentChildren
  /** What is wrong and how to mend it; the field is marked as wrong. */
  error?: string | undefined
}

interface FrameProps extends FieldProps {
  id: string
  required?: boolean | undefined
  children: ComponentChildren
}

/** Label, field, hint and error of any field. */
function Frame({ id, label, labelHidden, hint, error, required, children }: FrameProps) {
  return (
    <div class={classes('kw-field', error && 'is-wrong')}>
      <label for={id} class={classes('kw-label', labelHidden && 'kw-hidden')}>
        {label}
        {required === false && <span class="kw-optional"> {t('common.optional')}</span>}
      </label>
      {children}
      {error && (
        <p class="kw-error" id={`${id}-error`}>
          <Icon name="alert" /> <span>{error}</span>
        </p>
      )}
      {hint && <p class="kw-hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  )
}

/** The attributes that tie a field to its hint and error. */
function described(id: string, { hint, error }: FieldProps) {
  const ids = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return { id, 'aria-describedby': ids || undefined, 'aria-invalid': error ? (true as const) : undefined }
}

/** What every field hands on to its element. */
interface Handed<E extends HTMLElement> {
  ref?: Ref<E> | undefined
  name?: string | undefined
  class?: string | undefined
  autocomplete?: string | undefined
  autocapitalize?: 'none' | 'characters' | 'words' | 'sentences' | undefined
  /** Takes the first focus of the dialog that it stands in. */
  autofocus?: boolean | undefined
  inputmode?: 'text' | 'numeric' | 'tel' | 'email' | 'search' | 'none' | undefined
  enterkeyhint?: 'enter' | 'done' | 'go' | 'next' | 'search' | 'send' | undefined
  spellcheck?: boolean | undefined
  minLength?: number | undefined
  maxLength?: number | undefined
  min?: string | number | undefined
  max?: string | number | undefined
  pattern?: string | undefined
  placeholder?: string | undefined
  dir?: 'auto' | 'ltr' | 'rtl' | undefined
  lang?: string | undefined
  disabled?: boolean | undefined
  readOnly?: boolean | undefined
  /** `false` says "optional" beside the label. */
  required?: boolean | undefined
  onKeyDown?: ((event: TargetedKeyboardEvent<E>) => void) | undefined
  onFocus?: ((event: TargetedFocusEvent<E>) => void) | undefined
  onBlur?: ((event: TargetedFocusEvent<E>) => void) | undefined
  'data-testid'?: string | undefined
  'aria-controls'?: string | undefined
}

type Input = Handed<HTMLInputElement>

export interface TextFieldProps extends FieldProps, Input {
  value: string
  onInput: (value: string) => void
  type?: 'text' | 'password' | 'email' | 'tel' | 'url' | 'date' | 'time' | 'number' | undefined
  /** Wide, evenly spaced letters: for invitation codes. */
  code?: boolean | undefined
}

/** One line of text. A password field gets a button that shows what was typed. */
export function TextField(props: TextFieldProps) {
  const { label, labelHidden, hint, error, value, onInput, type = 'text', code, class: extra, ...rest } = props
  const id = useId()
  const [shown, show] = useState(false)
  const secret = type === 'password'
  return (
    <Frame {...{ id, label, labelHidden, hint, error }} required={rest.required}>
      <span class={classes('kw-control', secret && 'has-end')}>
        <input
          {...{ ...rest, type: secret && shown ? 'text' : type } as object}
          {...described(id, { label, hint, error })}
          class={classes('kw-input', code && 'is-code', extra)}
          value={value}
          dir={rest.dir ?? (type === 'text' && !code ? written(value) : undefined)}
          onInput={(event: TargetedEvent<HTMLInputElement>) => onInput(event.currentTarget.value)}
        />
        {secret && (
          <button type="button" class="kw-control-end" aria-pressed={shown} onClick={() => show(!shown)}>
            <Icon name={shown ? desk.eyeOff : 'eye'} label={t('common.show_password')} />
          </button>
        )}
      </span>
    </Frame>
  )
}

/** What somebody wrote decides its direction; an empty field has the page's, for its placeholder and its caret. */
export function written(value: string): 'auto' | undefined {
  return value ? 'auto' : undefined
}

export interface TextAreaProps extends FieldProps, Handed<HTMLTextAreaElement> {
  value: string
  onInput: (value: string) => void
  rows?: number | undefined
}

/** Several lines of text. */
export function TextArea({ label, labelHidden, hint, error, value, onInput, rows = 3, class: extra, ...rest }: TextAreaProps) {
  const id = useId()
  return (
    <Frame {...{ id, label, labelHidden, hint, error }} required={rest.required}>
      <textarea
        dir={written(value)}
        {...rest as object}
        {...described(id, { label, hint, error })}
        class={classes('kw-input', extra)}
        rows={rows}
        value={value}
        onInput={(event: TargetedEvent<HTMLTextAreaElement>) => onInput(event.currentTarget.value)}
      />
    </Frame>
  )
}

export interface SearchFieldProps extends Input {
  /** Read out, and shown inside while it is empty. */
  label: string
  value: string
  onInput: (value: string) => void
  /** Keys that lead here, shown at its end while it is empty: "Ctrl K". */
  keys?: string | undefined
}

/** A field that narrows what is below it. Esc empties it, and only then closes what it stands in. */
export function SearchField({ label, value, onInput, keys, onKeyDown, class: extra, ...rest }: SearchFieldProps) {
  return (
    <span class={classes('kw-control', 'kw-search', keys && !value && 'has-keys', extra)}>
      <Icon name={desk.search} />
      <input
        placeholder={label}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        dir={written(value)}
        {...rest as object}
        class="kw-input"
        type="search"
        aria-label={label}
        value={value}
        onInput={(event: TargetedEvent<HTMLInputElement>) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value) {
            event.preventDefault()
            event.stopPropagation()
            onInput('')
          } else onKeyDown?.(event)
        }}
      />
      {value ? (
        <button type="button" class="kw-control-end" onClick={(event) => clear(event.currentTarget, onInput)}>
          <Icon name="x" label={t('common.clear')} />
        </button>
      ) : (
        keys && <kbd class="kw-keys" aria-hidden="true">{keys}</kbd>
      )}
    </span>
  )
}

function clear(button: HTMLElement, onInput: (value: string) => void) {
  const field = button.parentElement?.querySelector('input')
  onInput('')
  field?.focus()
}

export interface SelectOption<V extends string | number = string> {
  value: V
  label: string
  /** The language of the label, where it is not the page's. */
  lang?: string | undefined
}

export interface SelectProps<V extends string | number> extends FieldProps, Handed<HTMLSelectElement> {
  options: readonly SelectOption<V>[]
  value: V
  onChange: (value: V) => void
}

/** One of a few: the browser's own list, which every phone and screen reader knows. */
export function Select<V extends string | number>(
  { label, labelHidden, hint, error, options, value, onChange, class: extra, ...rest }: SelectProps<V>,
) {
  const id = useId()
  return (
    <Frame {...{ id, label, labelHidden, hint, error }}>
      <span class="kw-control kw-select">
        <select
          {...rest as object}
          {...described(id, { label, hint, error })}
          class={classes('kw-input', extra)}
          value={value}
          onChange={(event) => {
            const chosen = options[event.currentTarget.selectedIndex]
            if (chosen) onChange(chosen.value)
          }}
        >
          {options.map((option) => <option key={option.value} value={option.value} lang={option.lang}>{option.label}</option>)}
        </select>
        <Icon name={desk.chevronDown} />
      </span>
    </Frame>
  )
}
