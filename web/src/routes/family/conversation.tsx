import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import { useTitle } from '../../ui/alerts'
import { ChatView } from '../../ui/chat'
import { useKinward } from '../../ui/context'
import { ButtonLink } from '../../ui/kit'
import { Answers, LastUpdate } from './expectation'
import { Offers } from './offers'
import { TextSize } from './text-size'

/** Whose care team one writes to: the patient's first name, which is all that relatives are told. */
export function patientName(talk: Talk): string {
  const { patient, title } = talk.details.value
  return patient?.name ?? title
}

/** The conversation with one patient's care team. `several`: there are others to choose from. */
export function Conversation({ talk, several }: { talk: Talk; several: boolean }) {
  const title = t('family.care_team', { name: patientName(talk) })
  const refused = useRefused(talk)
  useTitle(title)
  useComposerInView()
  const heading = (
    <div class="kw-family-head">
      <h1 tabIndex={-1}>{title}</h1>
      <div class="kw-family-tools">
        <ButtonLink href={`/c/${talk.id}?view=help`}>{t('family.help')}</ButtonLink>
        <TextSize />
        {several && <ButtonLink href="/" icon="arrow-left">{t('family.choose_other')}</ButtonLink>}
      </div>
      <div class="kw-family-told">
        <LastUpdate talk={talk} />
        <Answers />
      </div>
      <Offers />
    </div>
  )
  // With more than one patient the name also stands where one writes, so that nothing goes to the wrong team.
  const patientLine = t('family.write_to', { name: patientName(talk) })
  const guard = several ? { patientLine, confirmText: '' } : undefined
  const sendRefused = refused ? t('family.updates_only') : undefined
  return <ChatView talk={talk} audience="family" heading={heading} guard={guard} sendRefused={sendRefused} />
}

// With the largest text on a small screen head, messages and composer don't fit at once, and the pane scrolls: it begins at
// the newest message and the composer, and the head is above.
function useComposerInView(): void {
  useLayoutEffect(() => {
    const pane = document.getElementById('main')
    pane?.scrollTo(0, pane.scrollHeight)
  }, [])
}

/** Whether the server has refused to take messages here: the ward lets this relative read only. Told only by trying. */
function useRefused(talk: Talk): boolean {
  const { outbox } = useKinward()
  const seen = outbox.items.value.some((o) => o.conversation === talk.id && o.why?.code === 'forbidden')
  const refused = useRef(false)
  return (refused.current ||= seen)
}
