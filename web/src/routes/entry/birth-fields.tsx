import { useId } from 'preact/hooks'
import { t, tag } from '../../core/i18n'
import { Icon } from '../../ui/icons'
import { classes } from '../../ui/kit'
import { Select, TextField } from '../../ui/kit/desk'
import { digits, monthNames, orderOf, type DatePart } from './birth'

export interface Birth {
  day: string
  /** 1 to 12; 0 while none is chosen. */
  month: number
  year: string
}

/** Day, month and year of the patient's birth; why three fields, see birth.ts. */
export function BirthFields({ value, onInput, error }: {
  value: Birth
  onInput: (value: Birth) => void
  error: string | undefined
}) {
  const id = useId()
  const set = (part: Partial<Birth>) => onInput({ ...value, ...part })
  const fields: Record<DatePart, preact.JSX.Element> = {
    day: (
      <TextField label={t('entry.day')} value={value.day} onInput={(v) => set({ day: digits(v).slice(0, 2) })}
        name="day" inputmode="numeric" autocomplete="off" enterkeyhint="next" dir="ltr" />
    ),
    month: (
      <Select label={t('entry.month')} value={value.month} onChange={(month) => set({ month })}
        options={[{ value: 0, label: '–' }, ...monthNames(tag()).map((label, i) => ({ value: i + 1, label }))]} name="month" />
    ),
    year: (
      <TextField label={t('entry.year')} value={value.year} onInput={(v) => set({ year: digits(v).slice(0, 4) })}
        name="year" inputmode="numeric" autocomplete="off" enterkeyhint="done" dir="ltr" />
    ),
  }
  return (
    <fieldset class={classes('kw-birth', error && 'is-wrong')} aria-describedby={`${id}-hint ${id}-error`}>
      <legend class="kw-label">{t('entry.birth')}</legend>
      <p class="kw-hint" id={`${id}-hint`}>{t('entry.birth_hint')}</p>
      <div class="kw-birth-parts">{orderOf(tag()).map((part) => <div key={part} class={`is-${part}`}>{fields[part]}</div>)}</div>
      {error && <p class="kw-error" id={`${id}-error`}><Icon name="alert" /> <span>{error}</span></p>}
    </fieldset>
  )
}
