import { useState } from 'preact/hooks'
import { Banner, Button, DayLine, IconButton, StateText, UnreadLine } from '../../ui/kit'
import { Avatar, Badge, Chip, ListRow, SearchField, TextField, WaitTag } from '../../ui/kit/desk'
import * as rare from '../../ui/rare-icons'
import { samples, Section } from './specimen'

/** The same pieces in both themes and both directions, side by side. */
export function AllFour() {
  return (
    <Section title="All four">
      <div class="kw-four">
        {(['light', 'dark'] as const).flatMap((theme) =>
          (['ltr', 'rtl'] as const).map((dir) => (
            <div key={theme + dir} data-theme={theme} dir={dir} lang={dir === 'rtl' ? 'ar' : 'en'}>
              <Piece dir={dir} />
            </div>
          )),
        )}
      </div>
    </Section>
  )
}

function Piece({ dir }: { dir: 'ltr' | 'rtl' }) {
  const say = samples(dir)
  const [name, setName] = useState(say.ana)
  return (
    <div class="kw-form">
      <div class="kw-bar">
        <IconButton label="Back" icon="arrow-left" />
        <h3 class="kw-bar-title">
          {say.rosa} · {say.bed}
        </h3>
        <IconButton label="More" icon={rare.moreVertical} />
      </div>
      <Banner kind="warn" action={{ label: say.retry, onClick: () => undefined }}>
        {say.reconnecting}
      </Banner>
      <div class="kw-chips">
        <Chip pressed count={3} onClick={() => undefined}>
          {say.waiting}
        </Chip>
        <Chip pressed={false} count={12} onClick={() => undefined}>
          {say.mine}
        </Chip>
      </div>
      <ul class="kw-list">
        <li>
          <ListRow
            tabStop
            href="#main"
            current
            strong
            lead={<Avatar name={say.rosa} />}
            title={say.rosa}
            when={say.when}
            text={say.asked}
            end={<Badge count={2} />}
          >
            <WaitTag minutes={72} />
          </ListRow>
        </li>
        <li>
          <ListRow
            tabStop
            href="#main"
            lead={<Avatar name={say.mariam} online />}
            title={say.mariam}
            when={say.yesterday}
            text={say.answer}
          />
        </li>
      </ul>
      <DayLine label={say.today} />
      <UnreadLine count={2} />
      <p>
        <StateText state="read" text={say.read} /> <StateText state="failed" text={say.failed} />
      </p>
      <SearchField label={say.find} value="" onInput={() => undefined} keys="Ctrl K" />
      <TextField label={say.name} value={name} onInput={setName} error={say.emptyText} />
      <div class="kw-buttons">
        <Button kind="primary" icon="send">
          {say.send}
        </Button>
        <Button>{say.save}</Button>
        <Button kind="quiet">{say.later}</Button>
        <Button kind="danger">{say.remove}</Button>
      </div>
    </div>
  )
}
