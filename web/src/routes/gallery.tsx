import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { choose, language } from '../core/i18n'
import { Announcer, SkipLink, Toasts } from '../ui/kit'
import { RadioGroup } from '../ui/kit/more'
import { AllFour } from './gallery/all-four'
import { Commands, Fields, Choices } from './gallery/controls'
import { Layers } from './gallery/layers'
import { Feedback, Figures, Icons, Lists, Marks } from './gallery/displays'
import { ShellSpecimen } from './gallery/shell'
import { style } from './gallery/style'
import { Colours, Words } from './gallery/tokens'

const themes = ['system', 'light', 'dark'] as const
const directions = ['ltr', 'rtl'] as const
const sizes = ['100', '115', '130', '150', '200'] as const
const audiences = ['staff', 'family'] as const
const widths = ['all', '320', '360', '768'] as const

/**
 * Every component of the kit in its states, for those who build with it and for the checks of a browser. In development
 * builds only. `#shell` shows the frame of a page by itself, `#four` both themes in both directions at once.
 */
export default function Gallery() {
  const [view, setView] = useState(location.hash)
  useEffect(() => {
    const follow = () => setView(location.hash)
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  useLayoutEffect(dress, [])
  return (
    <>
      <Announcer />
      <Toasts />
      {view === '#shell' ? <ShellSpecimen /> : <Page onlyFour={view === '#four'} />}
    </>
  )
}

/** The page's policy allows no style element; a sheet made by script is one of its own. */
function dress() {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
  }
}

function Page({ onlyFour }: { onlyFour: boolean }) {
  const root = document.documentElement
  const [theme, setTheme] = useState<(typeof themes)[number]>((root.dataset['theme'] as 'light') ?? 'system')
  const [size, setSize] = useState<(typeof sizes)[number]>((root.dataset['text'] as '100') ?? '100')
  const [audience, setAudience] = useState<(typeof audiences)[number]>((root.dataset['audience'] as 'staff') ?? 'staff')
  const [width, setWidth] = useState<(typeof widths)[number]>('all')
  const direction = language.value === 'ar' ? 'rtl' : 'ltr'
  useEffect(() => {
    if (theme === 'system') delete root.dataset['theme']
    else root.dataset['theme'] = theme
    root.dataset['text'] = size
    root.dataset['audience'] = audience
    root.dir = direction
    root.lang = language.value
  }, [theme, size, audience, direction])
  return (
    <>
      <SkipLink />
      <header class="kw-gallery-bar">
        <h1>Kinward kit</h1>
        <Toggle legend="Theme" values={themes} value={theme} onChange={setTheme} />
        <Toggle
          legend="Direction"
          values={directions}
          value={direction}
          onChange={(d) => void choose(d === 'rtl' ? 'ar' : 'en')}
        />
        <Toggle legend="Text" values={sizes} value={size} onChange={setSize} />
        <Toggle legend="Audience" values={audiences} value={audience} onChange={setAudience} />
        <Toggle legend="Width" values={widths} value={width} onChange={setWidth} />
      </header>
      <main id="main" tabIndex={-1} class="kw-gallery" data-width={width}>
        {onlyFour ? (
          <AllFour />
        ) : (
          <>
            <Colours />
            <Words />
            <Icons />
            <Commands />
            <Fields />
            <Choices />
            <Marks />
            <Lists />
            <Feedback />
            <Layers />
            <Figures />
            <AllFour />
          </>
        )}
      </main>
    </>
  )
}

function Toggle<V extends string>({
  legend,
  values,
  value,
  onChange,
}: {
  legend: string
  values: readonly V[]
  value: V
  onChange: (value: V) => void
}) {
  return (
    <RadioGroup
      layout="segments"
      legend={legend}
      value={value}
      onChange={onChange}
      options={values.map((v) => ({ value: v, label: v }))}
    />
  )
}
