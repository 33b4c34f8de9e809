import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Person } from '../../core/wire.gen'
import { useKinward } from '../../ui/context'
import { Banner, Button, IconButton } from '../../ui/kit'
import { TextField } from '../../ui/kit/desk'
import { Dialog } from '../../ui/kit/dialog'
import { useLocation } from '../../ui/location'
import { explainError } from '../../ui/staff/failure'
import { PersonLine } from '../../ui/staff/person'
import { PersonPicker } from '../../ui/staff/picker'
import { openDirect, openGroup } from '../../ui/staff/talks'

/** Begins a conversation: with one person a direct one, with several a group, which needs a name. */
export default function NewConversation({ onClose }: { onClose: () => void }) {
  const kinward = useKinward()
  const { route } = useLocation()
  const [people, choose] = useState<readonly Person[]>([])
  const [title, setTitle] = useState('')
  const [error, fail] = useState<{ field: 'people' | 'title' | ''; text: string }>()
  const [busy, work] = useState(false)
  const [first] = people
  const start = async () => {
    if (!first) return fail({ field: 'people', text: t('staff.choose_person') })
    if (people.length > 1 && !title.trim()) return fail({ field: 'title', text: t('staff.need') })
    work(true)
    try {
      const group = people.length > 1
      const id = await (group ? openGroup(kinward, title.trim(), people.map((p) => p.id)) : openDirect(kinward, first))
      onClose()
      route(`/c/${id}`)
    } catch (e) {
      fail({ field: '', text: explainError(e) })
      work(false)
    }
  }
  return (
    <Dialog
      open title={t('staff.new')} onClose={onClose}
      footer={<>
        <Button onClick={onClose}>{t('staff.cancel')}</Button>
        <Button kind="primary" busy={busy} onClick={() => void start()}>{t('staff.start')}</Button>
      </>}
    >
      <div class="kw-form">
        <PersonPicker
          label={t('staff.new_to')} fits={(p) => people.every((chosen) => chosen.id !== p.id)}
          onPick={(p) => { choose([...people, p]); fail(undefined) }}
        />
        <p class="kw-hint">{t('staff.new_to_hint')}</p>
        {people.length > 0 && (
          <ul class="kw-folk">
            {people.map((p) => (
              <li key={p.id}>
                <PersonLine person={p} />
                <IconButton
                  label={t('staff.take_out', { name: p.name })} icon="x"
                  onClick={() => choose(people.filter((other) => other !== p))}
                />
              </li>
            ))}
          </ul>
        )}
        {people.length > 1 && (
          <TextField
            label={t('staff.new_title')} value={title} maxLength={200} onInput={(text) => { setTitle(text); fail(undefined) }}
            error={error?.field === 'title' ? error.text : undefined}
          />
        )}
        {error && error.field !== 'title' && <Banner kind="danger">{error.text}</Banner>}
      </div>
    </Dialog>
  )
}
