import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import { useTitle } from '../../ui/alerts'
import { TellMe } from '../../ui/alerts/tell'
import { ConnectionPicker } from '../../ui/connection'
import { askToSignOut, useKinward } from '../../ui/context'
import { Button, ButtonLink } from '../../ui/kit'
import { LanguagePicker } from '../../ui/kit/more'
import { InstallOffer } from '../../ui/offline/install-offer'
import { wifi } from '../../ui/rare-icons'
import { useSession } from '../session'
import { patientName } from './conversation'
import { Answers } from './expectation'
import { TextSize } from './text-size'

/** All that a relative may need besides the conversation, on one page. */
export default function Help({ talk }: { talk: Talk | undefined }) {
  const session = useSession()
  const { about } = useKinward()
  useTitle(t('family.help'))
  return (
    <div class="kw-page kw-form">
      <ButtonLink href={talk ? `/c/${talk.id}` : '/'} icon="arrow-left">{t('entry.back')}</ButtonLink>
      <h1 tabIndex={-1}>{t('family.help')}</h1>
      <Section title={t('family.how_title')}>
        {talk && <p>{t('family.how_write', { name: patientName(talk) })}</p>}
        <Answers />
        {about.seen_by_team && <p>{t('family.how_seen')}</p>}
        <p>{t('family.how_leave')}</p>
      </Section>
      <Section title={t('family.not_title')}><p>{t('family.not_text')}</p></Section>
      <Section title={t('family.trouble_title')}><Trouble /></Section>
      <TellMe />
      <Section title={t('family.look_title')}>
        <LanguagePicker labelled />
        <div class="kw-family-tools"><TextSize /></div>
      </Section>
      <Section title={t('family.leave_title')}>
        <p>{t('entry.leave_family')}</p>
        <Button wide onClick={() => askToSignOut()}>{t('entry.sign_out')}</Button>
        <Button wide onClick={() => session.haveCard()}>{t('family.add_card')}</Button>
      </Section>
      {/* At the end: some browsers tell late that there is something to install. */}
      <InstallOffer />
    </div>
  )
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return <section><h2>{title}</h2>{children}</section>
}

function Trouble() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon={wifi} wide onClick={() => setOpen(true)}>{t('family.trouble_button')}</Button>
      <ConnectionPicker open={open} onClose={() => setOpen(false)} />
    </>
  )
}
