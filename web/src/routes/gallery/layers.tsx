import { useState } from 'preact/hooks'
import { Button, toast } from '../../ui/kit'
import { Avatar, TextField } from '../../ui/kit/desk'
import { Dialog } from '../../ui/kit/dialog'
import { MenuButton, type MenuItem } from '../../ui/kit/menu'
import { Combobox, Tabs } from '../../ui/kit/more'
import * as desk from '../../ui/desk-icons'
import * as rare from '../../ui/rare-icons'
import { samples, Section, Specimen } from './specimen'

export function Layers() {
  const say = samples()
  const [open, setOpen] = useState<'' | 'form' | 'question' | 'long' | 'switcher'>('')
  const [name, setName] = useState('')
  const close = () => setOpen('')
  const items: MenuItem[] = [
    { label: say.details, icon: 'info', onSelect: () => toast(say.details) },
    { label: say.save, icon: rare.printer, onSelect: () => toast(say.save) },
    { label: say.later, icon: rare.bell, disabled: true, onSelect: close },
    { label: say.remove, icon: 'x', danger: true, separated: true, onSelect: () => setOpen('question') },
  ]
  return (
    <Section title="Layers">
      <Specimen name="Dialog: form, question, long, switcher">
        <div class="kw-buttons">
          <Button onClick={() => setOpen('form')}>form</Button>
          <Button onClick={() => setOpen('question')}>question</Button>
          <Button onClick={() => setOpen('long')}>long</Button>
          <Button onClick={() => setOpen('switcher')}>switcher</Button>
        </div>
        <Dialog
          open={open === 'form'}
          title={say.details}
          onClose={close}
          footer={
            <>
              <Button kind="quiet" onClick={close}>
                {say.later}
              </Button>
              <Button kind="primary" onClick={() => toast(say.sent)}>
                {say.save}
              </Button>
            </>
          }
        >
          <div class="kw-form">
            <TextField label={say.name} value={name} onInput={setName} autofocus />
            <TextField label={say.details} value="" onInput={setName} hint={say.emptyText} />
          </div>
        </Dialog>
        <Dialog
          open={open === 'question'}
          destructive
          size="s"
          title={`${say.remove}?`}
          onClose={close}
          footer={
            <>
              <Button onClick={close}>{say.later}</Button>
              <Button kind="danger" onClick={close}>
                {say.remove}
              </Button>
            </>
          }
        >
          <p>{say.emptyText}</p>
        </Dialog>
        <Dialog
          open={open === 'long'}
          size="l"
          title={say.patients}
          onClose={close}
          footer={<Button onClick={close}>{say.later}</Button>}
        >
          {Array.from({ length: 30 }, (_, i) => (
            <p key={i}>
              {say.hello} {say.answer} {say.emptyText}
            </p>
          ))}
        </Dialog>
        <Dialog open={open === 'switcher'} titleHidden flush title={say.find} onClose={close}>
          <Switcher inline />
        </Dialog>
      </Specimen>
      <Specimen name="MenuButton: icon; words; one of several">
        <div class="kw-buttons">
          <MenuButton label={say.details} items={items} />
          <MenuButton label={say.details} words items={items} align="start" />
          <MenuButton
            label={say.waiting}
            words
            align="start"
            items={[
              { label: say.waiting, checked: true, onSelect: close },
              { label: say.mine, checked: false, onSelect: close },
            ]}
          />
        </div>
      </Specimen>
      <Specimen name="Combobox">
        <Switcher />
      </Specimen>
      <Specimen name="Tabs">
        <TabsSpecimen />
      </Specimen>
    </Section>
  )
}

function TabsSpecimen() {
  const say = samples()
  const [tab, setTab] = useState<'patients' | 'people'>('patients')
  return (
    <Tabs
      label={say.details}
      value={tab}
      onChange={setTab}
      tabs={[
        { value: 'patients', label: say.patients, icon: desk.bed, count: 3, countLabel: say.unread },
        { value: 'people', label: say.people, icon: desk.users },
      ]}
    >
      <p>{tab === 'patients' ? say.rosa : say.doctor}</p>
    </Tabs>
  )
}

function Switcher({ inline }: { inline?: boolean }) {
  const say = samples()
  const [query, setQuery] = useState('')
  const all = [
    [say.rosa, say.patients],
    [say.jan, say.patients],
    [say.mariam, say.patients],
    [say.doctor, say.people],
    [say.ana, say.people],
  ] as const
  const found = all.filter(([name]) => name.toLowerCase().includes(query.toLowerCase()))
  return (
    <Combobox
      label={say.find}
      labelHidden={inline}
      inline={inline}
      autofocus={inline}
      placeholder={say.find}
      value={query}
      onInput={setQuery}
      empty={say.empty}
      onChoose={(id) => {
        setQuery('')
        toast(id)
      }}
      options={found.map(([name, group]) => ({
        id: name,
        group,
        text: name,
        label: (
          <>
            <Avatar size="s" name={name} /> <span>{name}</span>
          </>
        ),
      }))}
    />
  )
}
