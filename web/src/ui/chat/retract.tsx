import { useState } from 'preact/hooks'
import { explain, t } from '../../core/i18n'
import type { Message } from '../../core/wire.gen'
import { Banner, Button } from '../kit'
import { Dialog } from '../kit/dialog'
import { useScope } from './scope'

/** Asks before a message is taken back, says what that means, and does it. */
export default function Retract({ message, onClose }: { message: Message; onClose: () => void }) {
  const { kinward } = useScope()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState('')
  const retract = async () => {
    setBusy(true)
    try {
      kinward.store.applyMessage(await kinward.api.retract(message.conversation, message.seq))
      onClose()
    } catch (why) {
      setFailed(explain(why as { code: string; status?: number }))
    }
    setBusy(false)
  }
  const footer = (
    <>
      <Button onClick={onClose}>{t('chat.retract_keep')}</Button>
      <Button kind="danger" busy={busy} onClick={() => void retract()}>{t('chat.retract')}</Button>
    </>
  )
  return (
    <Dialog open title={t('chat.retract_title')} onClose={onClose} footer={footer} size="s" destructive>
      <p>{t('chat.retract_text')}</p>
      <blockquote class="kw-excerpt" dir="auto">{message.text}</blockquote>
      {failed && <Banner kind="danger">{t('chat.retract_failed')} {failed}</Banner>}
    </Dialog>
  )
}
