import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError } from '../../core/api'
import { explain, t } from '../../core/i18n'
import { amount } from '../../ui/connection/amount'
import { announce, Banner } from '../../ui/kit'

/** What is wrong, by the name of the field; under `form` what belongs to none. */
export type Faults = Readonly<Record<string, string | undefined>>

export interface FormOptions {
  /** What can be seen wrong before the server is asked; nothing, or all undefined, if all is well. */
  check?: () => Faults
  /** May throw an ApiError. */
  act: () => Promise<void>
  /** What an answer of the server means for this form; undefined where it is one that every form has. */
  meaning?: (e: ApiError) => Faults | undefined
}

export interface Form {
  ref: RefObject<HTMLFormElement | null>
  busy: boolean
  faults: Faults
  /** For the form element. Nothing is sent twice while an answer is awaited. */
  onSubmit: (event: Event) => void
}

/** A form that checks, asks, and on a fault puts the focus on the first field that is wrong and says why. */
export function useForm({ check, act, meaning }: FormOptions): Form {
  const ref = useRef<HTMLFormElement>(null)
  const [busy, setBusy] = useState(false)
  const [faults, setFaults] = useState<Faults>({})
  useEffect(() => {
    const told = Object.values(faults).filter(Boolean).join(' ')
    if (!told) return
    announce(told, 'assertive')
    ref.current?.querySelector<HTMLElement>('.is-wrong input, .is-wrong select')?.focus()
  }, [faults])
  const submit = async () => {
    const seen = check?.() ?? {}
    setFaults(seen)
    if (Object.values(seen).some(Boolean)) return
    setBusy(true)
    try {
      await act()
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      setFaults(meaning?.(e) ?? { form: plainFault(e) })
    } finally {
      setBusy(false)
    }
  }
  return {
    ref, busy, faults,
    onSubmit: (event) => {
      event.preventDefault()
      if (!busy) void submit()
    },
  }
}

/** The sentence for an answer that may come to any form. */
export function plainFault(e: ApiError): string {
  const minutes = Math.ceil((e.retryAfterS ?? 0) / 60)
  return e.code === 'too_many' && minutes > 2 ? t('entry.wait_minutes', { time: amount(minutes, 'minute', 'long') }) : explain(e)
}

/** What is wrong with a form as a whole, above its button. */
export function FormFault({ form }: { form: Form }) {
  return form.faults['form'] ? <Banner kind="danger">{form.faults['form']}</Banner> : null
}
