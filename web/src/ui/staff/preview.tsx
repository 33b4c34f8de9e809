import type { Talk } from '../../core/conversation'
import { t } from '../../core/i18n'
import type { Message, Person } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Icon } from '../icons'

/** The second line of a row: what wasn't sent, else a draft, else the newest message with who wrote it. */
export function Preview({ talk, last, empty }: { talk: Talk | undefined; last: Message | undefined; empty: string }) {
  const { drafts, outbox, me } = useKinward()
  const unsent = talk && outbox.items.value.find((o) => o.conversation === talk.id && o.state === 'failed')
  const draft = talk && drafts.shown.value.get(talk.id)
  if (unsent) return <Line kind="is-unsent" before={t('staff.unsent')} text={unsent.text} />
  if (draft) return <Line kind="is-draft" before={t('staff.draft')} text={draft} />
  if (!last) return <i class="kw-preview">{empty}</i>
  if (last.retracted_at || last.text === undefined) return <i class="kw-preview">{t('staff.retracted')}</i>
  const others = talk?.details.value.kind === 'direct' ? '' : whose(talk?.person(last.sender))
  const author = last.sender === me.id ? t('staff.you_said') : others
  return <Line before={author} text={last.text} />
}

/** Two boxes, so that a text of another direction is cut at its own end. A text of 16,000 characters isn't laid out in full. */
function Line({ kind = '', before, text }: { kind?: string; before: string; text: string }) {
  return (
    <span class={`kw-preview ${kind}`}>
      {before && <span>{kind === 'is-unsent' && <Icon name="alert-triangle" />}{before}</span>}
      <bdi dir="auto">{text.slice(0, 160).replace(/\s+/g, ' ')}</bdi>
    </span>
  )
}

/** Relatives by their first name; colleagues in full, since "Dr" says nothing. */
function whose(p: Person | undefined): string {
  if (!p) return ''
  return t('staff.said', { name: p.kind === 'family' ? p.name.split(/\s/)[0] ?? p.name : p.name })
}
