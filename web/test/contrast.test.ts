import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

const softs = ['info-soft', 'warn-soft', 'danger-soft', 'ok-soft']

// Text needs 4.5:1 (WCAG 1.4.3), what marks a control or the focus 3:1 (1.4.11). Each pair that is drawn stands here.
const text: readonly (readonly [ink: string, ...grounds: string[]])[] = [
  ['text', 'bg', 'surface', 'sunken', 'mine', 'theirs', 'mark', 'primary-soft', 'accent-soft', ...softs],
  ['text-2', 'bg', 'surface', 'sunken', 'mine', 'theirs', 'primary-soft'],
  ['primary', 'bg', 'surface', 'sunken', 'mine', 'theirs'],
  ['primary-hover', 'bg', 'surface', 'sunken'],
  ['on-primary', 'primary', 'primary-hover'],
  ['on-primary-soft', 'primary-soft'],
  ['on-mine', 'mine'],
  ['on-theirs', 'theirs'],
  ['accent', 'bg', 'surface'],
  ['on-accent-soft', 'accent-soft'],
  ['ok', 'ok-soft', 'bg', 'surface'],
  ['warn', 'warn-soft', 'bg', 'surface'],
  ['danger', 'danger-soft', 'bg', 'surface', 'sunken', 'mine'],
  ['info', 'info-soft', 'bg', 'surface'],
  ['on-danger', 'danger'],
  ...[1, 2, 3, 4, 5, 6].map((i) => [`on-tint-${i}`, `tint-${i}`, 'surface'] as const),
]
const edges: typeof text = [
  ['line-strong', 'bg', 'surface', 'sunken'],
  ['primary', 'bg', 'surface', 'sunken', 'primary-soft'],
  ['accent', 'bg', 'surface'],
  ['danger', 'bg', 'surface'],
  ['ok', 'bg', 'surface'],
  ['focus', 'bg', 'surface', 'sunken', 'mine', 'theirs', 'primary-soft', 'accent-soft', ...softs],
]

const sheet = readFileSync('src/css/tokens.css', 'utf8')
const themes = { light: tokens(/\[data-theme='light'\] \{(.*?)\n\}/s), dark: tokens(/\n\[data-theme='dark'\] \{(.*?)\n\}/s) }

for (const [name, colours] of Object.entries(themes)) {
  describe(`contrast, ${name} theme`, () => {
    for (const [pairs, least, what] of [[text, 4.5, 'text'], [edges, 3, 'edge']] as const) {
      for (const [ink, ...grounds] of pairs) {
        it(`${what} ${ink}`, () => {
          for (const ground of grounds) {
            const ratio = contrast(colours[ink], colours[ground])
            assert.ok(ratio >= least, `${ink} on ${ground} has ${ratio.toFixed(2)}:1, needs ${least}:1`)
          }
        })
      }
    }
  })
}

describe('themes', () => {
  it('a dark system gets the same colours as the dark theme', () => {
    assert.deepEqual(tokens(/:root:not\(\[data-theme\]\) \{(.*?)\n {2}\}/s), themes.dark)
  })
  it('each colour of the light theme has its dark one', () => {
    assert.deepEqual(Object.keys(themes.dark).sort(), Object.keys(themes.light).sort())
  })
})

/** The colours of one rule of the sheet, by name without dashes before. */
function tokens(rule: RegExp): Record<string, string> {
  const body = rule.exec(sheet)?.[1]
  assert.ok(body, `no rule ${rule} in tokens.css`)
  return Object.fromEntries([...body.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

function contrast(a: string | undefined, b: string | undefined): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Relative luminance as WCAG defines it. */
function luminance(colour: string | undefined): number {
  assert.ok(colour, 'unknown colour')
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
