import { useEffect, useRef, useState } from 'preact/hooks'
import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import type { Kinward } from '../../core/kinward'
import { clock, dayLabel } from '../../core/time'
import type { Message } from '../../core/wire.gen'
import { amount } from '../../ui/connection/amount'
import { useNow } from '../../ui/connection/now'
import { useKinward } from '../../ui/context'

/** How far back the last word of the ward is looked for, in pages of 50 messages. */
const pages = 4

/** When the ward last wrote. Until that is known, words that are about as long keep the place. */
export function LastUpdate({ talk }: { talk: Talk }) {
  const at = useLastUpdate(talk)
  const now = useNow(true, 60_000)
  const when = at ?? now
  return (
    <p class={at === undefined ? 'is-awaited' : ''}>
      {when ? t('family.last_update', { when: `${dayLabel(when, now)} ${clock(when)}` }) : t('family.no_update')}
    </p>
  )
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
  const [found, find] = useState<string>()
  const told = useRef<string>(undefined)
  const last = talk.last.value
  if (!last) told.current ??= ''
  else if (ofTeam(last, talk)) told.current = last.created_at
  useEffect(() => {
    let gone = false
    if (told.current === undefined) search(kinward, talk).then((at) => { if (!gone) find(at) }, () => undefined)
    return () => { gone = true }
  }, [talk])
  return told.current ?? found
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

function ofTeam(m: Message, talk: Talk): boolean {
  return m.kind !== 'system' && !m.retracted_at && talk.person(m.sender)?.kind === 'staff'
}
