import { Section, Specimen } from './specimen'

const grounds = [
  'bg',
  'surface',
  'sunken',
  'line',
  'line-strong',
  'primary',
  'primary-soft',
  'mine',
  'theirs',
  'accent',
  'accent-soft',
  'ok',
  'ok-soft',
  'warn',
  'warn-soft',
  'danger',
  'danger-soft',
  'info',
  'info-soft',
  'focus',
  'mark',
]

export function Colours() {
  return (
    <Section title="Colours">
      <ul class="kw-swatches">
        {grounds.map((name) => (
          <li key={name}>
            <span style={{ background: `var(--${name})` }} />
            <code>{name}</code>
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function Words() {
  return (
    <Section title="Words">
      <Specimen name="h1, h2, h3" wide>
        <p class="kw-word-h1">How messages reach this device</p>
        <p class="kw-word-h2">Good morning, Dr Petrov</p>
        <p class="kw-word-h3">Family of Rosa Almeida</p>
      </Specimen>
      <Specimen name="text, small, link, mark" wide>
        <p>Your mother slept well and ate half of her breakfast. The doctor comes at eleven; you can visit from two.</p>
        <p>
          <small>Last update from the ward today, 07:58</small>
        </p>
        <p>
          <a href="#main">How we protect what you write</a>, and <mark>a word that was searched</mark>.
        </p>
      </Specimen>
    </Section>
  )
}
