import { t, tag } from '../../core/i18n'
import type { TextSize as Size } from '../../core/settings'
import { useKinward } from '../../ui/context'
import { announce, Button } from '../../ui/kit'

/** Per cent of the normal size, smallest first. */
export const sizes: readonly Size[] = [100, 115, 130, 150, 200]

/** "115 %", as the language writes it. */
export function percent(size: Size): string {
  return new Intl.NumberFormat(tag(), { style: 'percent' }).format(size / 100)
}

/** Smaller and larger text, right on the page. */
export function TextSize() {
  const { textSize } = useKinward().settings
  const at = sizes.indexOf(textSize.value)
  const step = (by: number) => {
    const size = sizes[at + by]
    if (size === undefined) return
    textSize.value = size
    announce(percent(size))
  }
  return (
    <>
      <Button class={at === 0 ? 'is-spent' : undefined} onClick={() => step(-1)}>{t('family.smaller')}</Button>
      <Button class={at === sizes.length - 1 ? 'is-spent' : undefined} onClick={() => step(1)}>{t('family.larger')}</Button>
    </>
  )
}
