import { useState } from 'preact/hooks'
import { Button, DayLine, IconButton, StateText } from '../../ui/kit'
import { ConnectionBar } from '../../ui/kit/connection-bar'
import { panes, Shell } from '../../ui/kit/shell'
import { SearchField } from '../../ui/kit/desk'
import { Rows } from './displays'
import { samples } from './specimen'

/** The frame of a page with a list, a conversation as tall as its pane, and details. */
export function ShellSpecimen() {
  const say = samples()
  const [showing, show] = useState<'nav' | 'main' | 'aside'>('main')
  const [query, setQuery] = useState('')
  return (
    <Shell
      showing={showing}
      navLabel={say.patients}
      asideLabel={say.details}
      header={<ConnectionBar state="waiting" text={say.reconnecting} action={{ label: say.retry, onClick: () => undefined }} />}
      footer={<p class="kw-gallery-foot">{say.urgent}</p>}
      nav={
        <>
          <div class="kw-bar">
            <SearchField label={say.find} value={query} onInput={setQuery} keys="Ctrl K" />
          </div>
          <div onClick={() => show('main')}>
            <Rows />
          </div>
        </>
      }
      main={
        <div class="kw-rows">
          <div class="kw-bar">
            {panes.value === 1 && <IconButton label={say.patients} icon="arrow-left" onClick={() => show('nav')} />}
            <h1 class="kw-bar-title">
              {say.rosa} · {say.bed}
            </h1>
            {panes.value < 3 && (
              <Button kind="quiet" icon="info" onClick={() => show(showing === 'aside' ? 'main' : 'aside')}>
                {say.details}
              </Button>
            )}
          </div>
          <div class="kw-gallery-log" tabIndex={0} role="group" aria-label={say.rosa}>
            <DayLine label={say.today} />
            {Array.from({ length: 12 }, (_, i) => (
              <p key={i}>
                {say.hello}
                <br />
                {say.answer} <StateText state="read" text={say.read} />
              </p>
            ))}
          </div>
          <form class="kw-bar" aria-label={say.send} onSubmit={(event) => event.preventDefault()}>
            <textarea class="kw-input kw-bar-title" rows={1} aria-label={say.send} />
            <Button kind="primary" icon="send">
              {say.send}
            </Button>
          </form>
        </div>
      }
      aside={
        <div class="kw-page">
          <h2>{say.details}</h2>
          <p>{say.emptyText}</p>
          {panes.value < 3 && <Button onClick={() => show('main')}>{say.later}</Button>}
        </div>
      }
    />
  )
}
