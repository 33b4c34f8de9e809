import { useState } from 'preact/hooks'
import { Button, ButtonLink, IconButton, toast } from '../../ui/kit'
import { Chip, SearchField, Select, TextArea, TextField } from '../../ui/kit/desk'
import { Checkbox, LanguagePicker, RadioGroup, Switch } from '../../ui/kit/more'
import * as desk from '../../ui/desk-icons'
import * as rare from '../../ui/rare-icons'
import { samples, Section, Specimen } from './specimen'

export function Commands() {
  const say = samples()
  const [waiting, setWaiting] = useState(true)
  const [mine, setMine] = useState(false)
  return (
    <Section title="Buttons">
      <Specimen name="Button: primary, plain, quiet, danger">
        <div class="kw-buttons">
          <Button kind="primary" icon="send" onClick={() => toast(say.sent)}>
            {say.send}
          </Button>
          <Button icon={rare.printer}>{say.save}</Button>
          <Button kind="quiet">{say.later}</Button>
          <Button kind="danger" icon="x">
            {say.remove}
          </Button>
        </div>
      </Specimen>
      <Specimen name="Button: busy, disabled; ButtonLink">
        <div class="kw-buttons">
          <Button kind="primary" busy>
            {say.save}
          </Button>
          <Button disabled>{say.save}</Button>
          <ButtonLink href="tel:5550142" icon="phone">
            555 0142
          </ButtonLink>
        </div>
      </Specimen>
      <Specimen name="Button: wide">
        <Button kind="primary" wide>
          {say.send}
        </Button>
      </Specimen>
      <Specimen name="IconButton: quiet, pressed, with a count, plain, disabled">
        <div class="kw-buttons">
          <IconButton label="Search" icon={desk.search} />
          <IconButton label="Print" icon={rare.printer} kind="plain" />
          <IconButton label="Go back" icon="arrow-left" />
          <IconButton label="Lock" icon={rare.lock} disabled />
        </div>
      </Specimen>
      <Specimen name="Chip">
        <div class="kw-chips">
          <Chip pressed={waiting} count={3} onClick={() => setWaiting(!waiting)}>
            {say.waiting}
          </Chip>
          <Chip pressed={mine} count={12} onClick={() => setMine(!mine)}>
            {say.mine}
          </Chip>
        </div>
      </Specimen>
    </Section>
  )
}

export function Fields() {
  const say = samples()
  const [name, setName] = useState('')
  const [query, setQuery] = useState('almei')
  const [code, setCode] = useState('K7QWP3MZA9')
  const [secret, setSecret] = useState('correct horse')
  const [note, setNote] = useState(say.draft)
  const [order, setOrder] = useState('waiting')
  return (
    <Section title="Fields">
      <Specimen name="TextField: hint, optional">
        <TextField label={say.name} value={name} onInput={setName} hint={say.emptyText} required={false} />
      </Specimen>
      <Specimen name="TextField: error">
        <TextField label={say.name} value="A" onInput={setName} error={say.emptyText} />
      </Specimen>
      <Specimen name="TextField: code">
        <TextField label="Code" code value={code} onInput={setCode} autocomplete="off" />
      </Specimen>
      <Specimen name="TextField: password">
        <TextField label="Password" type="password" value={secret} onInput={setSecret} autocomplete="off" />
      </Specimen>
      <Specimen name="TextField: disabled">
        <TextField label={say.name} value={say.ana} onInput={setName} disabled />
      </Specimen>
      <Specimen name="SearchField: filled; empty with keys">
        <div class="kw-form">
          <SearchField label={say.find} value={query} onInput={setQuery} />
          <SearchField label={`${say.find}…`} value="" onInput={() => undefined} keys="Ctrl K" />
        </div>
      </Specimen>
      <Specimen name="Select">
        <Select
          label="Sort"
          value={order}
          onChange={setOrder}
          options={[
            { value: 'waiting', label: 'Longest waiting first' },
            { value: 'newest', label: 'Newest message first' },
          ]}
        />
      </Specimen>
      <Specimen name="LanguagePicker">
        <LanguagePicker />
      </Specimen>
      <Specimen name="TextArea">
        <TextArea label={say.details} value={note} onInput={setNote} />
      </Specimen>
    </Section>
  )
}

export function Choices() {
  const [method, setMethod] = useState('automatic')
  const [side, setSide] = useState('family')
  const [agreed, setAgreed] = useState(true)
  const [sound, setSound] = useState(false)
  const [alerts, setAlerts] = useState(true)
  return (
    <Section title="Choices">
      <Specimen name="RadioGroup: list">
        <RadioGroup
          legend="How messages reach this device"
          value={method}
          onChange={setMethod}
          options={[
            { value: 'automatic', label: 'Automatic', hint: 'Now: WebSocket. Recommended.' },
            { value: 'sse', label: 'SSE', hint: 'At once; your own messages go separately.' },
            { value: 'poll', label: 'Polling', hint: 'Not allowed in this hospital.', disabled: true },
          ]}
        />
      </Specimen>
      <Specimen name="RadioGroup: segments">
        <RadioGroup
          layout="segments"
          legend="Who are you?"
          value={side}
          onChange={setSide}
          options={[
            { value: 'family', label: 'I am family' },
            { value: 'staff', label: 'I work here' },
          ]}
        />
      </Specimen>
      <Specimen name="Checkbox, Switch">
        <Checkbox label="They agreed to receive news" hint="Written down with your name." checked={agreed} onChange={setAgreed} />
        <Switch label="Sound for new messages" checked={sound} onChange={setSound} />
        <Switch label="Tell me when they answer" hint="On this device only." checked={alerts} onChange={setAlerts} />
      </Specimen>
    </Section>
  )
}
