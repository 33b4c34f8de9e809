import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { toast } from '../kit'
import { part } from '../offline/part'

export interface PickerProps {
  open: boolean
  onClose: () => void
}

const load = () => import('./picker')

/** Fetches the picker beforehand, since it is needed most when nothing can be fetched. */
export function foreseePicker(): () => void {
  const timer = setTimeout(() => load().catch(() => undefined), 8000)
  return () => clearTimeout(timer)
}

/** The dialog "How messages reach this device". Its code is fetched when it is opened first. */
export function ConnectionPicker({ open, onClose }: PickerProps) {
  const [Picker, setPicker] = useState<ComponentType<PickerProps>>()
  useEffect(() => {
    if (!open || Picker) return
    part(load).then((m) => setPicker(() => m.default), () => {
      toast(t('connection.picker_missing'))
      onClose()
    })
  }, [open])
  return Picker ? <Picker open={open} onClose={onClose} /> : null
}
