import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { Icon } from '../icons'
import * as desk from '../desk-icons'
import { announce } from './announcer'
import { classes } from './classes'
import { written } from './field'
import { lift, place } from './place'

export interface ComboboxOption {
  /** Stays with what it stands for. */
  id: string
  /** What is drawn; text, or a row with an avatar. */
  label: ComponentChildren
  /** What is read out, where `label` is more than text. */
  text?: string | undefined
  /** A heading above the first option of each group; options of one group stand together. */
  group?: string | undefined
}

export interface ComboboxProps {
  label: string
  labelHidden?: boolean | undefined
  /** What is typed; the owner narrows `options` by it. */
  value: string
  onInput: (value: string) => void
  options: readonly ComboboxOption[]
  onChoose: (id: string) => void
  placeholder?: string | undefined
  /** The list is always open and part of the page, as in a switcher; else it opens below the field while something is typed. */
  inline?: boolean | undefined
  /** Answers are still on their way. */
  busy?: boolean | undefined
  /** Shown and said in place of an empty list; undefined shows nothing. */
  empty?: ComponentChildren
  /** Takes the focus when its dialog opens. */
  autofocus?: boolean | undefined
}

/**
 * A field with a list of answers, after the APG: the focus stays in the field, ↑ ↓ choose, Home and End go to the first and
 * last once a choice has begun, Enter takes it, Esc first closes the list, then empties the field, then leaves both alone.
 * The first answer is chosen from the start, so that Enter opens it.
 */
export function Combobox(props: ComboboxProps) {
  const { label, labelHidden, value, onInput, options, onChoose, placeholder, inline, busy, empty, autofocus } = props
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [wanted, setWanted] = useState(false)
  const [activeId, setActive] = useState<string>()
  const open = inline || (wanted && (options.length > 0 || (value !== '' && !busy && empty !== undefined)))
  const found = options.findIndex((option) => option.id === activeId)
  const active = found < 0 ? 0 : found
  useCount(options.length, value, busy, open)

  const choose = (option: ComboboxOption | undefined) => {
    if (!option) return
    setWanted(false)
    setActive(undefined)
    onChoose(option.id)
  }
  const go = (to: number) => {
    setWanted(true)
    setActive(options[(to + options.length) % options.length]?.id)
  }
  const keyDown = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return
    const moved = found >= 0
    if (event.key === 'ArrowDown') go(open ? active + 1 : 0)
    else if (event.key === 'ArrowUp') go(open ? active - 1 : options.length - 1)
    else if (event.key === 'Home' && open && moved) go(0)
    else if (event.key === 'End' && open && moved) go(options.length - 1)
    else if (event.key === 'Enter' && open && options.length) choose(options[active])
    else if (event.key === 'Escape' && open && !inline) setWanted(false)
    else if (event.key === 'Escape' && value) onInput('')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class={classes('kw-field', 'kw-combobox', inline && 'is-inline')}>
      <label for={id} class={classes('kw-label', labelHidden && 'kw-hidden')}>{label}</label>
      <span class="kw-control kw-search">
        <Icon name={desk.search} />
        <input
          ref={field}
          id={id}
          class="kw-input"
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={open ? `${id}-list` : undefined}
          aria-activedescendant={open && options.length ? `${id}-${active}` : undefined}
          aria-busy={busy}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          enterkeyhint="go"
          dir={written(value)}
          autofocus={autofocus}
          placeholder={placeholder}
          value={value}
          onInput={(event) => {
            setWanted(true)
            setActive(undefined)
            onInput(event.currentTarget.value)
          }}
          onKeyDown={keyDown}
          onBlur={() => setWanted(false)}
        />
        {busy && <span class="kw-spinner" aria-hidden="true" />}
      </span>
      {open && (
        <List
          {...{ id, label, options, active, choose }}
          empty={busy || !value ? undefined : empty}
          anchor={inline ? undefined : field}
        />
      )}
    </div>
  )
}

/** Says how many answers there are, once typing has paused. */
function useCount(count: number, value: string, busy: boolean | undefined, open: boolean) {
  useEffect(() => {
    if (!value || busy || !open) return
    const timer = setTimeout(() => announce(t('common.results', { count })), 700)
    return () => clearTimeout(timer)
  }, [count, value, busy, open])
}

interface Group {
  group: string | undefined
  /** Place of its first option among all. */
  first: number
  members: ComboboxOption[]
}

/** The options as runs of one group. */
function grouped(options: readonly ComboboxOption[]): Group[] {
  const groups: Group[] = []
  options.forEach((option, i) => {
    const last = groups[groups.length - 1]
    if (last && last.group === option.group) last.members.push(option)
    else groups.push({ group: option.group, first: i, members: [option] })
  })
  return groups
}

interface ListProps {
  id: string
  label: string
  options: readonly ComboboxOption[]
  active: number
  choose: (option: ComboboxOption) => void
  empty: ComponentChildren
  anchor: { current: HTMLElement | null } | undefined
}

function List({ id, label, options, active, choose, empty, anchor }: ListProps) {
  const layer = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (!anchor?.current || !layer.current) return
    lift(layer.current)
    return place(anchor.current, layer.current, 'start', 'anchor')
  }, [])
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active, options])
  return (
    <div ref={layer} class={classes('kw-options', anchor && 'kw-layer')}>
      <div id={`${id}-list`} role="listbox" aria-label={label} onPointerDown={(event) => event.preventDefault()}>
        {grouped(options).map(({ group, first, members }) => {
          const rows = members.map((option, i) => (
            <div
              key={option.id}
              id={`${id}-${first + i}`}
              role="option"
              class="kw-option"
              aria-selected={first + i === active}
              aria-label={option.text}
              onClick={() => choose(option)}
            >
              {option.label}
            </div>
          ))
          if (!group) return rows
          return (
            <div key={group} role="group" aria-label={group}>
              <div class="kw-options-group" aria-hidden="true">{group}</div>
              {rows}
            </div>
          )
        })}
      </div>
      {!options.length && empty && <div class="kw-options-empty">{empty}</div>}
    </div>
  )
}
