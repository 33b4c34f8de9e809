import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { announce } from '../../ui/kit'
import { TextField, type TextFieldProps } from '../../ui/kit/desk'

/** The shortest password that the server takes, in characters. */
export const minPassword = 8

/** A password with the button that shows it, and a word when Caps Lock is on. */
export function PasswordField({ hint, ...rest }: Omit<TextFieldProps, 'type' | 'code'>) {
  const [caps, setCaps] = useState(false)
  const look = (event: KeyboardEvent) => {
    const on = event.getModifierState('CapsLock')
    if (on && !caps) announce(t('entry.caps'))
    setCaps(on)
  }
  return (
    <div onKeyDown={look} onKeyUp={look}>
      <TextField {...rest} type="password" hint={caps ? t('entry.caps') : hint} autocapitalize="none" spellcheck={false} />
    </div>
  )
}

/** Tells password managers whose password it is, where the name is not asked. */
export function OwnHandle({ me }: { me: Person }) {
  return (
    <input class="kw-hidden" name="username" autocomplete="username" value={me.handle}
      readOnly tabIndex={-1} aria-hidden="true" />
  )
}
