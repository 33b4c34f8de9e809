import type { ComponentChildren } from 'preact'
import { t } from '../../core/i18n'

export interface QRCardProps {
  /** Address of the drawn code, with its quiet zone: `qrURL(api, …)` of core/ward; '' while it is on its way. */
  src: string
  /** What the code leads to, for those who do not see it. */
  alt: string
  /** The same invitation to type: drawn in groups of four or five letters. */
  code?: string | undefined
  /** Until when it holds, and what to do with it. */
  children?: ComponentChildren
}

/** An invitation to scan or type: always black on white, in either theme. */
export function QRCard({ src, alt, code, children }: QRCardProps) {
  return (
    <figure class="kw-qr" data-theme="light">
      <img src={src || undefined} alt={alt} width="176" height="176" />
      <figcaption>
        {code && <p><small>{t('common.code')}</small> <b class="kw-code" dir="ltr">{groups(code)}</b></p>}
        {children}
      </figcaption>
    </figure>
  )
}

/** "K7QWP3MZA9" as "K7QWP-3MZA9": easier to read across than ten letters in a row. */
export function groups(code: string): string {
  const plain = code.replace(/[\s-]/g, '')
  const half = plain.length > 8 ? Math.ceil(plain.length / Math.ceil(plain.length / 5)) : 4
  return plain.match(new RegExp(`.{1,${half}}`, 'g'))?.join('-') ?? ''
}
