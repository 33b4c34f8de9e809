import { useEffect, useState } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import type { Kinward } from '../../core/kinward'
import { clock, dayLabel } from '../../core/time'
import type { Message } from '../../core/wire.gen'
import { amount } from '../../ui/connection/amount'
import { useNow } from '../../ui/connection/now'
import { useKinward } from '../../ui/context'
import { effect } from '../../ui/signals'

/** How far back the last word of the ward is looked for, in pages of 50 messages. */
const pages = 4

/** When the ward last wrote; nothing until that is known. */
export function LastUpdate({ talk }: { talk: Talk }) {
  const at = useLastUpdate(talk)
  const now = useNow(true, 60_000)
  if (at === undefined) return null
  return <p>{at ? t('family.last_update', { when: `${dayLabel(at, now)} ${clock(at)}` }) : t('family.no_update')}</p>
}

/** How soon answers come, as the hospital has set it, in plain sentences. */
export function Answers() {
  const { answers_within_minutes: within, answers_from: from, answers_until: until } = useKinward().about
  return (
    <p class="kw-answers">
      {within && soon(within)}
      {within && from && ' '}
      {from && until && t('family.answer_between', { from, until })}
    </p>
  )
}

function soon(minutes: number): string {
  if (minutes % 60 === 0) return t('family.answer_hours', { count: minutes / 60 })
  return t('family.answer_minutes', { time: amount(minutes, 'minute', 'long') })
}

// '' where the ward has not written (in the last pages), undefined while unknown.
function useLastUpdate(talk: Talk): string | undefined {
  const kinward = useKinward()
  const [at, setAt] = useState<string>()
  useEffect(() => {
    let gone = false
    const end = effect(() => {
      const last = talk.last.value
      if (last && ofTeam(last, talk)) setAt(last.created_at)
    })
    if (talk.last.peek() && !ofTeam(talk.last.peek(), talk)) {
      search(kinward, talk).then((found) => { if (!gone) setAt((known) => known || found) }, () => undefined)
    } else if (!talk.last.peek()) setAt('')
    return () => {
      gone = true
      end()
    }
  }, [talk])
  return at
}

async function search({ api }: Kinward, talk: Talk): Promise<string> {
  let before: number | undefined
  for (let page = 0; page < pages; page++) {
    const { messages, more } = await api.messages(talk.id, before === undefined ? {} : { before })
    const found = messages.filter((m) => ofTeam(m, talk)).pop()
    if (found) return found.created_at
    before = messages[0]?.seq
    if (!more || before === undefined) break
  }
  return ''
}

function ofTeam(m: Message | undefined, talk: Talk): boolean {
  return m !== undefined && m.kind !== 'system' && !m.retracted_at && talk.person(m.sender)?.kind === 'staff'
}
