import { choose, language, languages, t, type Language } from '../../core/i18n'
import { Icon } from '../icons'
import * as rare from '../rare-icons'
import { Select } from './field'

export interface LanguagePickerProps {
  /** Shows the label above the field instead of a globe before it. */
  labelled?: boolean | undefined
  /** Asked instead of changing the language of the page: for choosing somebody else's. */
  value?: Language | undefined
  onChange?: ((language: Language) => void) | undefined
  label?: string | undefined
}

/** The languages, each named in itself. Without `onChange` it changes the language of the page at once. */
export function LanguagePicker({ labelled, value, onChange, label }: LanguagePickerProps) {
  return (
    <div class={labelled ? undefined : 'kw-language'}>
      {!labelled && <Icon name={rare.globe} />}
      <Select
        label={label ?? t('common.language')}
        labelHidden={!labelled}
        options={languages.map(({ code, name }) => ({ value: code, label: name, lang: code }))}
        value={value ?? language.value}
        onChange={(chosen) => (onChange ? onChange(chosen) : void choose(chosen))}
      />
    </div>
  )
}
