import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { useTitle } from '../../ui/alerts'
import { Banner } from '../../ui/kit'
import { LanguagePicker, Tabs } from '../../ui/kit/more'
import { keep, kept } from '../../ui/offline/kept'
import { lazy } from '../../ui/lazy'
import { useSession, type Notice } from '../session'
import { FamilyForm } from './family-form'
import { Joining } from './joining'
import { Page } from './page'
import { StaffForm } from './staff-form'

const OpenForms = lazy('piece', () => import('./open-forms'))

const notices = { signed_out: 'entry.notice_signed_out', ended: 'family.ended_text', left: 'entry.notice_left' } as const

type Door = 'family' | 'staff' | 'open'

/**
 * The way in (wireframe 1): as a relative with a card, as staff with a password, and in open mode by choosing an account.
 * `joining` is who is signed in already and has opened another card.
 */
export default function Entry({ notice, joining }: { notice?: Notice | undefined; joining?: Person }) {
  const session = useSession()
  useTitle(t('entry.sign_in'))
  if (joining) return <Page language={<LanguagePicker />}><Joining me={joining} /></Page>
  const open = session.about.value?.registration === 'open'
  return (
    <Page language={<LanguagePicker />}>
      <h1>{t('entry.welcome')}</h1>
      {notice && <Banner kind={notice === 'left' ? 'ok' : 'info'}>{t(notices[notice])}</Banner>}
      <Doors open={open} />
    </Page>
  )
}

function Doors({ open }: { open: boolean }) {
  const { card } = useSession()
  const doors: readonly Door[] = open ? ['family', 'staff', 'open'] : ['family', 'staff']
  const usual = doors.find((d) => d === kept('door')) ?? (open ? 'open' : 'family')
  const [chosen, choose] = useState<Door>(() => (card.peek() === undefined ? usual : 'family'))
  const door = doors.includes(chosen) ? chosen : 'family'
  const enter = (d: Door) => {
    choose(d)
    keep('door', d) // a ward's own computer opens at the staff's door next time
  }
  const tabs = doors.map((d) => ({ value: d, label: t(`entry.tab_${d}`) }))
  return (
    <Tabs label={t('entry.tabs')} tabs={tabs} value={door} onChange={enter}>
      {door === 'family' && <FamilyForm />}
      {door === 'staff' && <StaffForm />}
      {door === 'open' && <OpenForms />}
    </Tabs>
  )
}
