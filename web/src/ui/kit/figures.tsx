import type { ComponentChildren } from 'preact'

/** One figure with its name: "Waiting now 7". Several stand in a `<dl class="kw-tiles">`. */
export function Tile({ label, value, hint, children }: {
  label: string
  value: ComponentChildren
  hint?: ComponentChildren
  children?: ComponentChildren
}) {
  return (
    <div class="kw-tile">
      <dt>{label}</dt>
      <dd>
        <span class="kw-tile-value">{value}</span>
        {hint && <small class="kw-hint">{hint}</small>}
        {children}
      </dd>
    </div>
  )
}

/** A line through values at even steps, the newest at the end. `label` says what it shows; give the figures as a table too. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const top = Math.max(...values, 1)
  const step = 100 / Math.max(values.length - 1, 1)
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(27 - (value / top) * 24).toFixed(1)}`)
  return (
    <svg class="kw-sparkline" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={label}>
      <polyline points={points.join(' ')} vector-effect="non-scaling-stroke" />
    </svg>
  )
}
