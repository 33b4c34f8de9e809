import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ApiError } from '../../core/api'
import { t } from '../../core/i18n'
import { Banner, Button } from '../kit'
import { Dialog } from '../kit/dialog'
import { explainError } from './failure'

export interface ConfirmProps {
  title: string
  /** The words on the button that does it. */
  doIt: string
  /** Rejects with an ApiError, which is told in words; then the dialog stays, as it does for false. */
  onDo: () => Promise<boolean | void>
  /** What a 403 means here; the general sentence unless told. */
  forbidden?: string | undefined
  onClose: () => void
  children: ComponentChildren
}

/** A question before a step that takes something from somebody. */
export function Confirm({ title, doIt, onDo, forbidden, onClose, children }: ConfirmProps) {
  const [busy, work] = useState(false)
  const [problem, fail] = useState('')
  const act = async () => {
    work(true)
    try {
      if (await onDo() !== false) return onClose()
    } catch (e) {
      fail(e instanceof ApiError && e.status === 403 && forbidden ? forbidden : explainError(e))
    }
    work(false)
  }
  return (
    <Dialog
      open destructive size="s" title={title} onClose={onClose}
      footer={<>
        <Button onClick={onClose}>{t('staff.cancel')}</Button>
        <Button kind="danger" busy={busy} onClick={() => void act()}>{doIt}</Button>
      </>}
    >
      <div class="kw-form">
        {children}
        {problem && <Banner kind="danger">{problem}</Banner>}
      </div>
    </Dialog>
  )
}
