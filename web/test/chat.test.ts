import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Composing, type Ports } from '../src/ui/chat/composing'
import { Gathered, type Said } from '../src/ui/chat/gathered'
import { enterSends, intent, type Press } from '../src/ui/chat/keys'
import { pieces } from '../src/ui/chat/links'
import { charactersLeft, hasWords, wellFormed } from '../src/ui/chat/text'
import { FakeClock } from './fakes/clock'

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key, keyCode: 13, isComposing: false, repeat: false, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more,
})

test('B-1: Enter sends or makes a line, as the device and the setting want it', () => {
  const desk = { enterSends: true, empty: false }
  const phone = { enterSends: false, empty: false }
  assert.equal(intent(press('Enter'), desk), 'send')
  assert.equal(intent(press('Enter', { shiftKey: true }), desk), 'line')
  assert.equal(intent(press('Enter'), phone), 'line')
  assert.equal(intent(press('Enter', { ctrlKey: true }), phone), 'send')
  assert.equal(intent(press('Enter', { repeat: true }), desk), 'nothing')
  assert.deepEqual([enterSends('device', true), enterSends('device', false)], [true, false])
  assert.deepEqual([enterSends('always', false), enterSends('never', true)], [true, false])
})

test('B-2: no Enter of an input method sends, in the order of Safari neither', () => {
  const at = { enterSends: true, empty: true }
  assert.equal(intent(press('Enter', { isComposing: true }), at), undefined)
  assert.equal(intent(press('Enter', { isComposing: false, keyCode: 229 }), at), undefined)
  assert.equal(intent(press('ArrowUp', { isComposing: true }), at), undefined)
})

test('B-10: Arrow-Up edits in an empty box only', () => {
  assert.equal(intent(press('ArrowUp'), { enterSends: true, empty: true }), 'edit-last')
  assert.equal(intent(press('ArrowUp'), { enterSends: true, empty: false }), undefined)
  assert.equal(intent(press('ArrowUp', { shiftKey: true }), { enterSends: true, empty: true }), undefined)
})

test('B-26: addresses are cut out of a text, and nothing is lost or added', () => {
  const cases: [string, string[]][] = [
    ['no address', []],
    ['see https://hospital.example/a?b=c.', ['https://hospital.example/a?b=c']],
    ['(https://hospital.example/a_(b))', ['https://hospital.example/a_(b)']],
    ['(see http://hospital.example)', ['http://hospital.example']],
    ['参见https://hospital.example/访客。谢谢', ['https://hospital.example/访客。谢谢']],
    ['参见 https://hospital.example/访客。', ['https://hospital.example/访客']],
    ['javascript:alert(1) ftp://x.example www.example.org', []],
    ['https://hospital.example@elsewhere.example', []],
    ['https:// http://', []],
    ['https://a.example\u202ehttps://b.example', ['https://a.example', 'https://b.example']],
    ['HTTPS://HOSPITAL.example!', ['HTTPS://HOSPITAL.example']],
  ]
  for (const [text, addresses] of cases) {
    const cut = pieces(text)
    assert.equal(cut.map((p) => p.text).join(''), text)
    assert.deepEqual(cut.flatMap((p) => p.href ?? []), addresses, text)
  }
})

test('B-9: what counts as a text, and how much room is left', () => {
  assert.deepEqual(['', ' \n\t', '\u00a0\u3000\u0085', 'a', ' 0 '].map(hasWords), [false, false, false, true, true])
  assert.equal(wellFormed('a\ud83db👩'), 'a\ufffdb👩')
  assert.equal(charactersLeft('a'.repeat(10), 100, 20), undefined)
  assert.equal(charactersLeft('👩'.repeat(50), 100, 20), undefined)
  assert.equal(charactersLeft('👩'.repeat(90), 100, 20), 10)
  assert.equal(charactersLeft('👩'.repeat(101), 100, 20), -1)
})

test('A-1: up to three messages are read out one by one, more as a number, after two seconds at the latest', async () => {
  const clock = new FakeClock()
  const told: string[] = []
  const gathered = new Gathered(clock, (said, asNumber) => {
    told.push(asNumber ? String(said.length) : said.map((s) => s.text).join())
  })
  const say = (text: string) => gathered.add({ name: 'Ana', text } satisfies Said)
  say('a')
  await clock.pass(400)
  assert.deepEqual(told, ['a'])
  for (const text of ['b', 'c', 'd']) say(text)
  await clock.pass(400)
  assert.deepEqual(told, ['a', 'b,c,d'])
  for (let i = 0; i < 10; i++) {
    say('more')
    await clock.pass(300)
  }
  await clock.pass(2000)
  assert.deepEqual(told.slice(2), ['7', 'more,more,more'])
  say('late')
  gathered.close()
  await clock.pass(5000)
  assert.equal(told.length, 4)
})

function composing(conversation: string) {
  const kept = new Map<string, string>()
  const sent: { to: string; text: string; reply: number | undefined; done: (why?: Error) => void }[] = []
  const ports: Ports = {
    drafts: { get: (c) => kept.get(c) ?? '', set: (c, text) => { kept.set(c, text) }, saveNow: () => {} },
    outbox: {
      add: (to, text, reply) => new Promise((resolve, reject) => {
        sent.push({ to, text, reply, done: (why) => (why ? reject(why) : resolve({} as never)) })
      }),
    },
    correct: () => Promise.resolve(),
  }
  return { it: new Composing(conversation, ports), kept, sent, ports }
}

test('a message goes to the conversation in which it was written, and its draft goes once it is kept', async () => {
  const { it, kept, sent } = composing('family of Rosa')
  it.write('She slept well.')
  assert.equal(kept.get('family of Rosa'), 'She slept well.')
  it.reply.value = 7
  const handed = it.send('She slept well.')
  assert.deepEqual([it.text, it.reply.value], ['', undefined])
  assert.equal(kept.get('family of Rosa'), 'She slept well.', 'kept until the outbox has it')
  it.write('And she ate.')
  assert.equal(kept.get('family of Rosa'), 'She slept well.\nAnd she ate.')
  sent[0]?.done()
  await handed
  assert.deepEqual(sent.map((s) => [s.to, s.text, s.reply]), [['family of Rosa', 'She slept well.', 7]])
  assert.equal(kept.get('family of Rosa'), 'And she ate.')
  assert.equal(it.text, 'And she ate.')
})

test('a text that could not be handed over stands in the box again, before what came after it', async () => {
  const { it, kept, sent } = composing('c')
  it.write('first')
  const first = it.send('first')
  it.write('second')
  const second = it.send('second')
  it.write('third')
  sent[0]?.done(new Error('no room'))
  await assert.rejects(first)
  assert.equal(it.text, 'first\nthird')
  sent[1]?.done()
  await second
  assert.equal(it.text, 'first\nthird')
  assert.equal(kept.get('c'), 'first\nthird')
})

test('correcting leaves the draft of a new message alone', async () => {
  const { it, kept } = composing('c')
  it.write('a draft')
  it.begin({ seq: 3, text: 'old words' })
  assert.equal(it.text, 'old words')
  it.write('new words')
  assert.deepEqual([it.text, kept.get('c')], ['new words', 'a draft'])
  await it.save('new words')
  assert.deepEqual([it.correcting.value, it.text], [undefined, 'a draft'])
})
