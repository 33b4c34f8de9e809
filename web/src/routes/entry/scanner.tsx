import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { announce, Banner } from '../../ui/kit'
import { Dialog } from '../../ui/kit/dialog'
import { codeIn } from './code'

/** The part of the Barcode Detection API that is used; TypeScript does not know it yet. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
type DetectorClass = new (options: { formats: string[] }) => Detector

const lookEveryMs = 250

/** The camera, until it has read an invitation's code. Nothing it sees leaves the device. */
export default function Scanner({ onCode, onClose }: { onCode: (code: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => watch(video.current, (code) => {
    announce(t('entry.code_here'))
    onCode(code)
  }, () => setFailed(true)), [])
  return (
    <Dialog open title={t('entry.scan')} onClose={onClose}>
      {failed ? <Banner kind="warn">{t('entry.scan_failed')}</Banner> : <p>{t('entry.scan_aim')}</p>}
      <video ref={video} class="kw-scan" hidden={failed} muted playsInline />
    </Dialog>
  )
}

/** Looks until a code is found. Returns how to end it, which also switches the camera off. */
function watch(video: HTMLVideoElement | null, found: (code: string) => void, failed: () => void): () => void {
  let over = false
  let stream: MediaStream | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    over = true
    clearTimeout(timer)
    stream?.getTracks().forEach((track) => track.stop())
  }
  const begin = async () => {
    if (!video) return
    const { BarcodeDetector } = window as unknown as { BarcodeDetector: DetectorClass }
    const detector = new BarcodeDetector({ formats: ['qr_code'] })
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    if (over) return stop()
    video.srcObject = stream
    await video.play()
    const look = async () => {
      const seen = await detector.detect(video).catch(() => [])
      const code = seen.map((s) => codeIn(s.rawValue)).find(Boolean)
      if (over) return
      if (code) found(code)
      else timer = setTimeout(look, lookEveryMs)
    }
    await look()
  }
  begin().catch(() => {
    if (!over) failed()
  })
  return stop
}
