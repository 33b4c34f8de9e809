import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { Button } from '../../ui/kit'
import { lazy } from '../../ui/lazy'
import * as rare from '../../ui/rare-icons'

const Scanner = lazy('piece', () => import('./scanner'))

/** What reads QR codes in some browsers, and the camera that it needs; neither exists over plain HTTP. */
function canScan(): boolean {
  return 'BarcodeDetector' in window && Boolean((navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia)
}

/** How to get the code off the card: the phone's own camera everywhere, and where the browser can, a camera right here. */
export function ScanCard({ onCode }: { onCode: (code: string) => void }) {
  const [open, setOpen] = useState(false)
  const found = (code: string) => {
    onCode(code)
    setOpen(false)
  }
  return (
    <>
      <p>{t('entry.scan_help')}</p>
      {canScan() && <Button icon={rare.qrCode} wide onClick={() => setOpen(true)}>{t('entry.scan')}</Button>}
      {open && <Scanner onCode={found} onClose={() => setOpen(false)} />}
    </>
  )
}
