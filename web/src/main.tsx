import { h, render } from 'preact'
import { Api } from './core/api'
import { bestLanguage, choose, direction, language, tag } from './core/i18n'
import { Identity } from './core/identity'
import { localKeep, safe } from './core/local'
import { Settings } from './core/settings'
import { App, foresee, type AppProps } from './routes/app'
import { takeCode } from './routes/entry/opened'
import { Session } from './routes/session'
import { browserAddress } from './ui/address'
import { effect } from './ui/signals'
import { tabServices, watchSurroundings } from './ui/surroundings'

const code = takeCode() // before anything else can see the address

void (location.pathname === '/embed' ? import('./embed/frame').then((frame) => frame.begin(begin)) : begin({ session: own() }))

/** The session of this browser, by its cookie. */
function own(): Session {
  const keep = safe(localKeep())
  const tabs = tabServices()
  const api = new Api({ identity: new Identity({ storage: keep, channel: tabs.channel }) })
  return new Session({
    api, settings: new Settings(keep), keep, code, foresee, address: browserAddress, surroundings: watchSurroundings(), tabs, locks: true,
  })
}

/** Draws the page. */
async function begin(page: AppProps): Promise<void> {
  const { session } = page
  dress(session.settings)
  if (__DEV__ && location.pathname === '/gallery') { // every component to look at; nobody has to be signed in
    const [{ default: Gallery }] = await Promise.all([import('./routes/gallery'), speak(session.settings)])
    return render(h(Gallery, {}), document.getElementById('app') ?? document.body)
  }
  const started = session.start() // its questions to the server go out while the texts come in
  await speak(session.settings)
  const root = document.getElementById('app')
  if (root) render(h(App, page), root) // the build puts h into no file that it puts into others, as it does this one
  await started
}

/** Puts what was chosen on this device on the root element, where the style sheet and screen readers look for it. */
function dress(settings: Settings): void {
  const root = document.documentElement
  effect(() => {
    const theme = settings.theme.value
    if (theme === 'system') delete root.dataset['theme']
    else root.dataset['theme'] = theme
  })
  effect(() => {
    root.dataset['text'] = String(settings.textSize.value)
  })
}

/** Loads the texts of the language that was chosen here, else of the one that the browser likes best. */
async function speak(settings: Settings): Promise<void> {
  const wanted = settings.language.peek() ?? bestLanguage(navigator.languages)
  await choose(wanted).catch(() => undefined) // English stood in, or nothing could be loaded: keys are better than no page
  const first = language.peek()
  effect(() => {
    const now = language.value
    document.documentElement.lang = tag().replace(/-u-.*/, '') // how numbers are written is no part of a language
    document.documentElement.dir = direction()
    if (now !== first || settings.language.peek() !== undefined) settings.language.value = now
  })
  effect(() => {
    const chosen = settings.language.value
    if (chosen && chosen !== language.peek()) choose(chosen).catch(() => undefined)
  })
}
