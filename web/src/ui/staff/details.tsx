import type { ComponentChildren } from 'preact'
import { t } from '../../core/i18n'
import type { Patient, Relative } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Button, IconButton } from '../kit'
import { panes } from '../kit/shell'
import { Avatar, Tag } from '../kit/desk'
import * as desk from '../desk-icons'
import { AsideHead } from './aside'
import type { Step } from './dialogs'
import { capital, facts, relatives, systemName, teamRows, word } from './words'

export interface DetailsProps {
  patient: Patient
  /** Asks for one of the dialogs. */
  onStep: (step: Step) => void
  onClose: () => void
}

/** Everything about a patient beside the conversation: family, team, stay and numbers. */
export function Details({ patient, onStep, onClose }: DetailsProps) {
  return (
    <div class="kw-details">
      <AsideHead title={t('staff.details_of', { name: patient.name })} onClose={onClose} />
      <Family patient={patient} onStep={onStep} />
      <Team patient={patient} onStep={onStep} />
      <Facts title={t('staff.stay')} rows={[
        [t('staff.ward'), patient.ward], [t('staff.room'), patient.room], [t('staff.bed'), patient.bed],
        [t('staff.status'), patient.status && word('stay', patient.status)],
      ]} />
      <Facts title={t('staff.numbers')} rows={(patient.identifiers ?? []).map((i) => [systemName(i), i.value] as const)} />
    </div>
  )
}

function Section({ title, action, children }: { title: string; action?: ComponentChildren; children: ComponentChildren }) {
  const Heading = panes.value === 1 ? 'h2' : 'h3'
  return (
    <section class="kw-details-part">
      <div class="kw-details-title"><Heading>{title}</Heading>{action}</div>
      {children}
    </section>
  )
}

function Family({ patient, onStep }: Pick<DetailsProps, 'patient' | 'onStep'>) {
  const online = useKinward().store.online.value
  const invite = <Button icon={desk.userPlus} onClick={() => onStep({ is: 'invite', patient })}>{t('staff.invite')}</Button>
  const all = relatives(patient)
  return (
    <Section title={t('staff.family')} action={invite}>
      {all.length === 0 && <p class="kw-hint">{t('staff.no_relative_text')}</p>}
      <ul class="kw-folk">
        {all.map((r) => (
          <li key={r.link}>
            <Avatar name={r.name} size="s" online={online.has(r.person ?? '')} />
            <div>
              <bdi>{r.name}</bdi>
              <small>{facts(word('relationship', r.relationship), online.has(r.person ?? '') && t('staff.online'))}</small>
              {there(r)
                ? <Tag kind={r.state === 'active' ? 'ok' : 'info'}>{word('link', r.state)}</Tag>
                : <small>{word('link', r.state)}</small>}
            </div>
            {r.state === 'candidate' && (
              <Button kind="quiet" onClick={() => onStep({ is: 'invite', patient, named: r })}>{t('staff.invite')}</Button>
            )}
            {there(r) && (
              <IconButton
                label={t('staff.end_access_of', { name: r.name })} icon={desk.logOut}
                onClick={() => onStep({ is: 'end-access', patient, relative: r })}
              />
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Whether a relative reads, or can by an invitation that lives. */
function there(r: Relative): boolean {
  return r.state === 'active' || r.state === 'invited'
}

function Team({ patient, onStep }: Pick<DetailsProps, 'patient' | 'onStep'>) {
  const { me, store } = useKinward()
  const rows = teamRows(patient.team ?? [])
  const add = <Button icon={desk.plus} onClick={() => onStep({ is: 'add-colleague', patient })}>{t('staff.add')}</Button>
  const online = store.online.value
  return (
    <Section title={t('staff.team')} action={add}>
      {rows.length === 0 && <p class="kw-hint">{t('staff.team_none')}</p>}
      <ul class="kw-folk">
        {rows.map((r) => (
          <li key={r.person + r.role}>
            <Avatar name={r.name} size="s" online={online.has(r.person)} />
            <div>
              <bdi>{r.person === me.id ? t('staff.you', { name: r.name }) : r.name}</bdi>
              <small>{facts(word('role', r.role), online.has(r.person) && t('staff.online'))}</small>
            </div>
            <IconButton
              label={t('staff.end_assignment_of', { name: r.name })} icon={desk.logOut}
              onClick={() => onStep({ is: 'end-assignment', patient, row: r, rows })}
            />
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Names and values; empty ones are left out, and the whole part with them. */
function Facts({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  const known = rows.filter(([, value]) => value)
  if (known.length === 0) return null
  return (
    <Section title={title}>
      <dl class="kw-facts">
        {known.map(([name, value]) => <div key={name + value}><dt>{capital(name)}</dt><dd><bdi>{value}</bdi></dd></div>)}
      </dl>
    </Section>
  )
}
