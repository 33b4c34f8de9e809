import { t } from '../../core/i18n'
import { Button } from '../../ui/kit'
import { Dialog } from '../../ui/kit/dialog'

/** Asks whether somebody means to sign out, and says what they would lose: `unsent` messages, and a relative the way back. */
export default function LeaveQuestion({ unsent, family, onLeave, onClose }: {
  unsent: number
  family: boolean
  onLeave: () => void
  onClose: () => void
}) {
  const footer = (
    <>
      <Button kind="danger" onClick={onLeave}>{t(unsent > 0 ? 'entry.leave_delete' : 'entry.sign_out')}</Button>
      <Button kind="primary" onClick={onClose}>{t('entry.leave_stay')}</Button>
    </>
  )
  return (
    <Dialog open title={t('entry.leave_title')} onClose={onClose} footer={footer} size="s" destructive>
      {unsent > 0 && <p>{t('entry.leave_unsent', { count: unsent })}</p>}
      {family && <p>{t('entry.leave_family')}</p>}
    </Dialog>
  )
}
