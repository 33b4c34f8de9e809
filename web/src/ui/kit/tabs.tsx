import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { Icon, type IconName } from '../icons'
import { Badge } from './marks'
import { useRoving } from './focus'

export interface Tab<V extends string> {
  value: V
  label: string
  icon?: IconName | undefined
  /** What waits behind it; `countLabel` says it in words. */
  count?: number | undefined
  countLabel?: string | undefined
}

export interface TabsProps<V extends string> {
  /** What the tabs are about, for screen readers. */
  label: string
  tabs: readonly Tab<V>[]
  value: V
  onChange: (value: V) => void
  /** What belongs to the chosen tab. */
  children: ComponentChildren
}

/** Views that take turns, after the APG: one Tab stop, arrows change the view at once. */
export function Tabs<V extends string>({ label, tabs, value, onChange, children }: TabsProps<V>) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  useRoving(list, { items: '[role="tab"]', axis: 'horizontal', loop: true, first: '[aria-selected="true"]' })
  return (
    <div class="kw-tabs">
      <div ref={list} class="kw-tablist" role="tablist" aria-label={label}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}-${tab.value}`}
            class="kw-tab"
            tabIndex={-1}
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            onClick={() => onChange(tab.value)}
            onFocus={() => tab.value !== value && onChange(tab.value)}
          >
            {tab.icon && <Icon name={tab.icon} />}
            <span>{tab.label}</span>
            {tab.count !== undefined && <Badge count={tab.count} label={tab.countLabel} />}
          </button>
        ))}
      </div>
      <div class="kw-tabpanel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>{children}</div>
    </div>
  )
}
