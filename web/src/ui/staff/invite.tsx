import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../../core/api'
import { explain, language, tag, t } from '../../core/i18n'
import { fullWhen } from '../../core/when'
import * as ward from '../../core/ward'
import type { Invitation, Invite as Asked, Patient, Relative } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Banner, Button, ButtonLink, toast } from '../kit'
import { Select, TextField } from '../kit/desk'
import { Dialog } from '../kit/dialog'
import { QRCard, RadioGroup } from '../kit/more'
import * as rare from '../rare-icons'
import { framed } from '../surroundings'
import { focusWrong } from './failure'
import { bases, bed, born, capital, facts, relationships, word } from './words'

export interface InviteProps {
  patient: Patient
  /** Somebody whom the record names, to begin with. */
  named?: Relative | undefined
  onClose: () => void
}

/** What relatives of the world's hospitals speak most; the card is in English where it is not one of ours. */
const spoken = ('en es zh ar de pt ' +
  'bn cs el fa fr hi hr hu it ja ko ku nl pl ps ro ru so sq sr sv sw ta ti tl tr uk ur vi').split(' ')

interface Fields {
  name: string
  relationship: string
  language: string
  scope: 'two-way' | 'updates'
  basis: string
  note: string
}

/** The fields as the server names them when it refuses one. */
const named: Record<string, keyof Fields> = {
  name: 'name', relationship: 'relationship', language: 'language', scope: 'scope',
  consent: 'basis', 'consent.basis': 'basis', 'consent.note': 'note',
}

type Errors = Partial<Record<keyof Fields | 'all', string>>

/** Invites a relative, and shows what to hand to them (S-4). */
export function InviteDialog({ patient, named: known, onClose }: InviteProps) {
  const [first, begin] = useState<Relative | undefined>(known)
  const [made, make] = useState<{ invitation: Invitation; asked: Asked }>()
  if (made) {
    return <Ready patient={patient} {...made} onClose={onClose} onAnother={() => { begin(undefined); make(undefined) }} />
  }
  return <Form patient={patient} named={first} onClose={onClose} onMade={(invitation, asked) => make({ invitation, asked })} />
}

function useInvitation(patient: Patient, known: Relative | undefined, onMade: (i: Invitation, asked: Asked) => void) {
  const { api, patients } = useKinward()
  const [values, setValues] = useState<Fields>({
    name: known?.name ?? '', relationship: known?.relationship ?? '', language: language.value,
    scope: 'two-way', basis: '', note: '',
  })
  const [errors, setErrors] = useState<Errors>({})
  const [busy, work] = useState(false)
  const set = (change: Partial<Fields>) => {
    setValues({ ...values, ...change })
    setErrors({})
  }
  const refuse = (why: Errors) => {
    setErrors(why)
    focusWrong()
  }
  const send = async () => {
    const missing = (['name', 'relationship', 'basis'] as const).filter((f) => !values[f].trim())
    if (missing.length) return refuse(Object.fromEntries(missing.map((f) => [f, t('staff.need')])))
    const asked: Asked = {
      name: values.name.trim(), relationship: values.relationship, language: values.language, scope: values.scope,
      consent: { basis: values.basis, ...(values.note.trim() ? { note: values.note.trim() } : {}) },
    }
    work(true)
    try {
      onMade(await ward.invite(api, patient.id, asked), asked)
      await patients.refresh(patient.id)
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      refuse({ [named[e.field ?? ''] ?? 'all']: e.status === 409 ? t('staff.inv_no_birth') : explain(e) })
      work(false)
    }
  }
  return { values, set, errors, busy, send }
}

function Form({ patient, named: known, onClose, onMade }: InviteProps & { onMade: (i: Invitation, asked: Asked) => void }) {
  const { values, set, errors, busy, send } = useInvitation(patient, known, onMade)
  const names = new Intl.DisplayNames(tag(), { type: 'language' })
  const choose = { value: '', label: t('staff.inv_choose') }
  return (
    <Dialog
      open title={t('staff.invite_for', { patient: patient.name })} onClose={onClose}
      footer={<>
        <Button onClick={onClose}>{t('staff.cancel')}</Button>
        <Button kind="primary" busy={busy} onClick={() => void send()}>{t('staff.inv_make')}</Button>
      </>}
    >
      <form class="kw-form" onSubmit={(e) => { e.preventDefault(); void send() }}>
        <p class="kw-hint">{facts(bed(patient), born(patient))}</p>
        {!patient.birth_date && <Banner kind="warn">{t('staff.inv_no_birth')}</Banner>}
        {errors.all && <Banner kind="danger">{errors.all}</Banner>}
        <TextField
          label={t('staff.inv_name')} value={values.name} onInput={(name) => set({ name })} error={errors.name}
          autofocus autocomplete="off" maxLength={200} required
        />
        <Select
          label={t('staff.inv_relationship')} value={values.relationship} onChange={(relationship) => set({ relationship })}
          options={[choose, ...relationships.map((r) => ({ value: r as string, label: capital(word('relationship', r)) }))]}
          error={errors.relationship}
        />
        <Select
          label={t('staff.inv_language')} hint={t('staff.inv_language_hint')} value={values.language}
          onChange={(l) => set({ language: l })} error={errors.language}
          options={spoken.map((l) => ({ value: l, label: capital(names.of(l) ?? l) }))}
        />
        <RadioGroup
          legend={t('staff.inv_scope')} layout="segments" value={values.scope} onChange={(scope) => set({ scope })}
          options={[{ value: 'two-way', label: t('staff.scope_both') }, { value: 'updates', label: t('staff.scope_updates') }]}
        />
        <RadioGroup
          legend={t('staff.inv_basis')} value={values.basis} onChange={(basis) => set({ basis })}
          options={bases.map((b) => ({ value: b as string, label: word('basis', b) }))}
        >
          {errors.basis && <p class="kw-error" tabIndex={-1}>{errors.basis}</p>}
        </RadioGroup>
        <TextField
          label={t('staff.inv_note')} hint={t('staff.inv_note_hint')} value={values.note} onInput={(note) => set({ note })}
          error={errors.note} maxLength={1000} required={false}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}

interface ReadyProps {
  patient: Patient
  invitation: Invitation
  asked: Asked
  onClose: () => void
  onAnother: () => void
}

function Ready({ patient, invitation, asked, onClose, onAnother }: ReadyProps) {
  const { api } = useKinward()
  const [drawn, draw] = useState('')
  useEffect(() => {
    void ward.qrURL(api, patient.id, invitation.id).then(draw, () => undefined) // the code beside it and the link say the same
  }, [])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(invitation.url) // not there over plain HTTP: then the link can be marked by hand
      toast(t('staff.copied'))
    } catch {
      getSelection()?.selectAllChildren(document.getElementById('kw-invitation-link') ?? document.body)
    }
  }
  return (
    <Dialog
      open title={t('staff.inv_ready', { name: asked.name })} onClose={onClose}
      footer={<>
        <Button onClick={onAnother}>{t('staff.inv_another')}</Button>
        {!framed && <ButtonLink kind="primary" icon={rare.printer} newTab href={ward.cardURL(api, patient.id, invitation.id)}>
          {t('staff.inv_print')}
        </ButtonLink>}
      </>}
    >
      <div class="kw-form">
        <QRCard src={drawn} alt={t('staff.inv_qr')} code={invitation.code}>
          <p>{t('staff.inv_until', { when: fullWhen(invitation.expires_at) })}</p>
        </QRCard>
        <div class="kw-copy">
          <b>{t('staff.inv_link')}</b> <bdi id="kw-invitation-link" dir="ltr">{invitation.url}</bdi>
          <Button icon={rare.copy} onClick={() => void copy()}>{t('staff.copy')}</Button>
        </div>
        <h3>{t('staff.inv_say_title')}</h3>
        <p>{t(asked.scope === 'updates' ? 'staff.inv_say_read' : 'staff.inv_say')}</p>
        <p class="kw-hint">{t('staff.inv_hand', { name: asked.name })}</p>
      </div>
    </Dialog>
  )
}
