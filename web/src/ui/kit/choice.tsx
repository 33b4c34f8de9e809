import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { classes } from './classes'

export interface RadioOption<V extends string> {
  value: V
  label: ComponentChildren
  /** A line below the label. */
  hint?: ComponentChildren
  disabled?: boolean | undefined
}

export interface RadioGroupProps<V extends string> {
  legend: string
  legendHidden?: boolean | undefined
  options: readonly RadioOption<V>[]
  value: V | undefined
  onChange: (value: V) => void
  /** 'list': one below the other with hairlines; 'segments': beside each other, for two to four short words. */
  layout?: 'list' | 'segments' | undefined
  /** Anything that belongs to the group, below it. */
  children?: ComponentChildren
}

/** One of several, all seen at once. */
export function RadioGroup<V extends string>(
  { legend, legendHidden, options, value, onChange, layout = 'list', children }: RadioGroupProps<V>,
) {
  const name = useId()
  return (
    <fieldset class={classes('kw-choices', `is-${layout}`)}>
      <legend class={classes('kw-label', legendHidden && 'kw-hidden')}>{legend}</legend>
      <div class="kw-choices-options">
        {options.map((option) => (
          <Choice
            key={option.value}
            type="radio"
            name={name}
            label={option.label}
            hint={option.hint}
            disabled={option.disabled}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
        ))}
      </div>
      {children}
    </fieldset>
  )
}

export interface CheckboxProps {
  label: ComponentChildren
  checked: boolean
  onChange: (checked: boolean) => void
  /** A line below the label. */
  hint?: ComponentChildren
  disabled?: boolean | undefined
}

/** Something that applies or not, with the rest of a form. */
export function Checkbox(props: CheckboxProps) {
  return <Choice {...props} type="checkbox" />
}

/** Something that is on or off at once, without a further button. */
export function Switch(props: CheckboxProps) {
  return <Choice {...props} type="checkbox" role="switch" />
}

interface ChoiceProps extends CheckboxProps {
  type: 'radio' | 'checkbox'
  role?: 'switch'
  name?: string
}

function Choice({ type, role, name, label, hint, checked, disabled, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <label class={classes('kw-choice', role && 'is-switch', checked && 'is-checked', disabled && 'is-disabled')}>
      <input
        {...{ type, role, name } as object}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? id : undefined}
        aria-labelledby={`${id}-label`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="kw-choice-text">
        <span id={`${id}-label`}>{label}</span>
        {hint && <small class="kw-hint" id={id}>{hint}</small>}
      </span>
    </label>
  )
}
