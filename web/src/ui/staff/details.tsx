import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Patient, Relative } from '../../core/wire.gen'
import { useKinward } from '../context'
import { Avatar, Button, IconButton, MenuButton, panes, Tag } from '../kit'
import { AddColleague } from './colleague'
import { EndAccess, EndAssignment } from './endings'
import { capital, facts, relatives, systemName, teamRows, word, type TeamRow } from './words'

export interface DetailsProps {
  patient: Patient
  /** Opens the invitation; with a relative whom the record names already, filled in with them. */
  onInvite: (named?: Relative) => void
  onClose: () => void
}

/** Everything about a patient beside the conversation: family, team, stay and numbers. */
export function Details({ patient, onInvite, onClose }: DetailsProps) {
  return (
    <div class="kw-details">
      <AsideHead title={t('staff.details_of', { name: patient.name })} onClose={onClose} />
      <Family patient={patient} onInvite={onInvite} />
      <Team patient={patient} />
      <Facts title={t('staff.stay')} rows={[
        [t('staff.ward'), patient.ward], [t('staff.room'), patient.room], [t('staff.bed'), patient.bed],
        [t('staff.status'), patient.status && word('stay', patient.status)],
      ]} />
      <Facts title={t('staff.numbers')} rows={(patient.identifiers ?? []).map((i) => [systemName(i), i.value] as const)} />
    </div>
  )
}

/** The head of the third pane; where it is all that is seen, its heading is the view's. It takes the focus as it opens. */
export function AsideHead({ title, onClose }: { title: string; onClose: () => void }) {
  const Heading = panes.value === 1 ? 'h1' : 'h2'
  return (
    <header class="kw-details-head">
      <Heading tabIndex={-1}>{title}</Heading>
      {panes.value < 3 && <IconButton label={t('common.close')} icon="x" onClick={onClose} />}
    </header>
  )
}

function Section({ title, action, children }: { title: string; action?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="kw-details-part">
      <div class="kw-details-title"><h3>{title}</h3>{action}</div>
      {children}
    </section>
  )
}

function Family({ patient, onInvite }: Pick<DetailsProps, 'patient' | 'onInvite'>) {
  const [ending, end] = useState<Relative>()
  const online = useKinward().store.online.value
  const invite = <Button icon="user-plus" onClick={() => onInvite()}>{t('staff.invite')}</Button>
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
              {there(r) ? <Tag kind={r.state === 'active' ? 'ok' : 'info'}>{word('link', r.state)}</Tag> : <small>{word('link', r.state)}</small>}
            </div>
            {r.state === 'candidate' && <Button kind="quiet" onClick={() => onInvite(r)}>{t('staff.invite')}</Button>}
            {there(r) && (
              <MenuButton
                label={t('staff.end_access_of', { name: r.name })}
                items={[{ label: t('staff.end_access'), icon: 'lock', danger: true, onSelect: () => end(r) }]}
              />
            )}
          </li>
        ))}
      </ul>
      {ending && <EndAccess patient={patient} relative={ending} onClose={() => end(undefined)} />}
    </Section>
  )
}

/** Whether a relative reads, or can by an invitation that lives. */
function there(r: Relative): boolean {
  return r.state === 'active' || r.state === 'invited'
}

function Team({ patient }: { patient: Patient }) {
  const { me, store } = useKinward()
  const [adding, add] = useState(false)
  const [ending, end] = useState<TeamRow>()
  const rows = teamRows(patient.team ?? [])
  const online = store.online.value
  return (
    <Section title={t('staff.team')} action={<Button icon="plus" onClick={() => add(true)}>{t('staff.add')}</Button>}>
      {rows.length === 0 && <p class="kw-hint">{t('staff.team_none')}</p>}
      <ul class="kw-folk">
        {rows.map((r) => (
          <li key={r.person + r.role}>
            <Avatar name={r.name} size="s" online={online.has(r.person)} />
            <div>
              <bdi>{r.person === me.id ? t('staff.you', { name: r.name }) : r.name}</bdi>
              <small>{facts(word('role', r.role), online.has(r.person) && t('staff.online'))}</small>
            </div>
            <MenuButton
              label={t('staff.end_assignment_of', { name: r.name })}
              items={[{ label: t('staff.end_assignment'), icon: 'log-out', danger: true, onSelect: () => end(r) }]}
            />
          </li>
        ))}
      </ul>
      <AddColleague open={adding} patient={patient} onClose={() => add(false)} />
      {ending && <EndAssignment patient={patient} row={ending} rows={rows} onClose={() => end(undefined)} />}
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
