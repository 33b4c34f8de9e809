import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import { Icon } from '../icons'
import { Button } from '../kit'
import { Dialog } from '../kit/dialog'
import * as rare from '../rare-icons'
import { framed } from '../surroundings'
import { installPrompt } from './install-prompt'
import { keep, kept } from './kept'

window.addEventListener('appinstalled', dismissForGood)

const visits = countVisit()

/** The offer of `./index`, once its code is here. */
export function InstallOffer() {
  const [gone, setGone] = useState(() => kept('install') === 'no')
  const [showing, show] = useState(false)
  const prompt = installPrompt.value
  if (gone || framed || visits < 2 || installed() || !(prompt || isIOS())) return null
  const dismiss = () => {
    dismissForGood()
    setGone(true)
  }
  const install = () => {
    if (!prompt) return show(true)
    installPrompt.value = undefined // it may be used once
    void prompt.prompt()
  }
  return (
    <>
      <div class="kw-tell kw-offer">
        <Button icon={rare.smartphone} onClick={install}>{t('connection.install')}</Button>
        <Button kind="quiet" onClick={dismiss}>{t('connection.install_dismiss')}</Button>
      </div>
      <section><Steps open={showing} onClose={() => show(false)} /></section>
    </>
  )
}

// iOS lets nobody but the person themselves do it.
function Steps({ open, onClose }: { open: boolean; onClose: () => void }) {
  const footer = <Button kind="primary" onClick={onClose}>{t('connection.done')}</Button>
  return (
    <Dialog open={open} title={t('connection.install')} onClose={onClose} size="s" footer={footer}>
      <p>{t('connection.install_ios')}</p>
      <ol class="kw-ios-steps">{steps.map(([icon, key]) => <li key={key}><Icon name={icon} /><span>{t(key)}</span></li>)}</ol>
    </Dialog>
  )
}

const steps = [
  [rare.share, 'connection.install_ios_share'],
  [rare.squarePlus, 'connection.install_ios_add'],
  [rare.smartphone, 'connection.install_ios_open'],
] as const

function dismissForGood(): void {
  keep('install', 'no')
}

function installed(): boolean {
  return matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true
}

// iPads call themselves Macs, but no Mac has a touch screen.
function isIOS(): boolean {
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)
}

// A visit is a tab's session: loading anew is none.
function countVisit(): number {
  const before = Number(kept('visits') ?? 0)
  try {
    if (sessionStorage.getItem('kinward.visit')) return before
    sessionStorage.setItem('kinward.visit', '1')
  } catch {
    return before
  }
  keep('visits', String(before + 1))
  return before + 1
}
