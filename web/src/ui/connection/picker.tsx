import { useRef } from 'preact/hooks'
import { t } from '../../core/i18n'
import type { Choice } from '../../core/line'
import { useKinward } from '../context'
import { Banner, Button } from '../kit'
import { Select } from '../kit/desk'
import { Dialog } from '../kit/dialog'
import { RadioGroup } from '../kit/more'
import { amount } from './amount'
import { FiguresTable } from './figures'
import type { PickerProps } from './lazy'
import { useNow } from './now'
import { TestFour } from './test'
import { methodHint, methods } from './measures'
import { methodName } from './words'

const choices: readonly Choice[] = ['automatic', ...methods]
const intervals = [2, 5, 10, 15, 30, 60] as const

/** How messages reach this device: the choice, the figures of each method, and a test of all. A choice takes effect at once. */
export default function Picker({ open, onClose }: PickerProps) {
  const { line } = useKinward()
  const body = useRef<HTMLDivElement>(null)
  const useAutomatic = () => {
    line.choose('automatic')
    // The button that was pressed goes, and the focus with it.
    body.current?.querySelector<HTMLInputElement>('input')?.focus()
  }
  const footer = (
    <>
      {line.choice.value !== 'automatic' && <Button onClick={useAutomatic}>{t('connection.use_automatic')}</Button>}
      <Button kind="primary" onClick={onClose}>{t('connection.done')}</Button>
    </>
  )
  return (
    <Dialog open={open} title={t('connection.title')} onClose={onClose} footer={footer} size="l">
      <div class="kw-picker" ref={body}>
        <p>{t('connection.intro')}</p>
        {!line.leads.value && <Banner kind="info">{t('connection.other_tab')}</Banner>}
        <Methods />
        <ChosenFails useAutomatic={useAutomatic} />
        <TestFour />
        <FiguresTable />
      </div>
    </Dialog>
  )
}

function Methods() {
  const { line } = useKinward()
  const choice = line.choice.value
  const live = line.state.value.is === 'live'
  const label = (c: Choice) => c === 'automatic' && choice === 'automatic' && live
    ? t('connection.automatic_now', { method: methodName(line.method.value) })
    : methodName(c)
  return (
    <RadioGroup
      legend={t('connection.methods')}
      legendHidden
      value={choice}
      options={choices.map((c) => ({ value: c, label: label(c), hint: methodHint(c) }))}
      onChange={(c) => line.choose(c)}
    >
      <div class="kw-picker-interval">
        <Select
          label={t('connection.interval')}
          value={line.intervalS.value}
          options={intervals.map((s) => ({ value: s, label: amount(s, 'second', 'long') }))}
          onChange={(s) => line.choose('poll', s)}
        />
      </div>
    </RadioGroup>
  )
}

// A chosen method is never left by itself; this says that it may be the reason, and offers the way out (B-36).
function ChosenFails({ useAutomatic }: { useAutomatic: () => void }) {
  const { line } = useKinward()
  const since = line.troubledSince.value
  const now = useNow(since !== undefined)
  const choice = line.choice.value
  if (choice === 'automatic' || since === undefined || now - since < 3000 || line.state.value.is === 'offline') return null
  return (
    <Banner kind="warn" action={{ label: t('connection.use_automatic'), onClick: useAutomatic }}>
      {t('connection.chosen_fails', { method: methodName(choice) })}
    </Banner>
  )
}
