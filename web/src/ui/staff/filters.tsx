import { t, tag } from '../../core/i18n'
import { useKinward } from '../context'
import { Chip, Select } from '../kit/desk'
import { fits, type Row, type Show, type Sort, type View } from './order'

const words = {
  waiting: 'staff.show_waiting', unread: 'staff.show_unread', mine: 'staff.show_mine', ended: 'staff.show_ended',
} as const

export interface FiltersProps {
  rows: readonly Row[]
  view: View
  onView: (view: View) => void
  /** The present time in ms. */
  now: number
}

/** The chips with their counts, the wards and the order (S-1). A choice that would change nothing is not offered. */
export function Filters({ rows, view, onView, now }: FiltersProps) {
  const { me } = useKinward()
  const { compare } = new Intl.Collator(tag(), { numeric: true })
  const wards = [...new Set(rows.map((r) => r.patient.ward).filter(Boolean))].sort(compare)
  const toggle = (show: Show) => onView({ ...view, show: view.show === show ? '' : show })
  const inWard = rows.filter((r) => fits(r, '', view.ward, me.id, now))
  const count = (show: Show) => inWard.filter((r) => fits(r, show, '', me.id, now)).length
  const offered = (['waiting', 'unread', 'mine', 'ended'] as const)
    .map((show) => ({ show, count: count(show) }))
    .filter(({ show, count: n }) => show === view.show || show === 'waiting' || show === 'unread' || (n > 0 && n < inWard.length))
  return (
    <div class="kw-filters">
      <div class="kw-chips" role="group" aria-label={t('staff.show')}>
        {offered.map(({ show, count: n }) => (
          <Chip key={show} pressed={view.show === show} count={n} onClick={() => toggle(show)}>
            {t(words[show])}
          </Chip>
        ))}
      </div>
      <div class="kw-filters-row">
        {(wards.length > 1 || view.ward) && (
          <Select
            label={t('staff.ward')} labelHidden value={view.ward} onChange={(ward) => onView({ ...view, ward })}
            options={[{ value: '', label: t('staff.all_wards') }, ...wards.map((ward) => ({ value: ward, label: ward }))]}
          />
        )}
        <Select
          label={t('staff.sort')} labelHidden value={view.sort} onChange={(sort) => onView({ ...view, sort })} options={sorts()}
        />
      </div>
    </div>
  )
}

function sorts(): { value: Sort; label: string }[] {
  return [
    { value: 'waiting', label: t('staff.sort_waiting') },
    { value: 'newest', label: t('staff.sort_newest') },
    { value: 'name', label: t('staff.sort_name') },
    { value: 'bed', label: t('staff.sort_bed') },
  ]
}
