import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError } from '../src/core/api'
import { Patients } from '../src/core/patients'
import { Store } from '../src/core/store'
import type { Patient, PatientList } from '../src/core/wire.gen'
import { FakeClock, settle } from './fakes/clock'
import { conversation, listed, me, member, message, moved, told } from './fakes/hospital'

function patient(n: number, more: Partial<Patient> = {}): Patient {
  return {
    id: `p${n}`, name: `Patient ${n}`, birth_date: '', sex: '', ward: '4', room: '', bed: `${n}`, status: 'in-progress',
    conversation: `c${n}`, unread: 0, ...more,
  }
}

async function started(n: number) {
  const clock = new FakeClock()
  const store = new Store(me, clock)
  const row = (i: number) => conversation({
    id: `c${i}`, patient: { id: `p${i}`, name: `Patient ${i}` }, last_seq: 1,
    members: [member(me), member('ana'), member('dr')].map((m) => ({ ...m, conversation: `c${i}` })),
  })
  store.reset({ conversations: Array.from({ length: n }, (_, i) => row(i + 1)), cursor: 'e.1' })
  const server = {
    all: Array.from({ length: n }, (_, i) => patient(i + 1)),
    asked: [] as string[],
    hold: undefined as Promise<void> | undefined,
    async patients(o: { limit?: number; after?: string }): Promise<PatientList> {
      server.asked.push(`list ${o.after ?? ''}`)
      const from = o.after ? server.all.findIndex((p) => p.id === o.after) + 1 : 0
      const page = { patients: server.all.slice(from, from + (o.limit ?? 50)), more: from + (o.limit ?? 50) < server.all.length }
      await server.hold
      return page
    },
    async patient(id: string): Promise<Patient> {
      server.asked.push(id)
      const found = server.all.find((p) => p.id === id)
      await server.hold
      if (!found) throw new ApiError(404, 'not_found', '')
      return found
    },
  }
  const patients = new Patients({ api: server, store, clock })
  await patients.reload()
  const ids = () => patients.list.value.map((p) => p.id)
  const say = (n: number, seq: number, sender: string, more = {}) => store.apply([told(message(
    seq, { conversation: `c${n}`, sender, version: 1000 + seq, ...more },
  ))])
  return { clock, store, server, patients, ids, say, row }
}

describe('patients', () => {
  it('reads all pages', async () => {
    const { server, patients } = await started(450)
    assert.deepEqual(
      [patients.list.value.length, patients.loading.value, server.asked], [450, false, ['list ', 'list p200', 'list p400']],
    )
  })

  it('B-28 B-29 a word of the family begins their waiting, one of the team ends it', async () => {
    const { patients, ids, say } = await started(3)
    say(2, 2, 'ana')
    say(3, 2, 'ana', { created_at: '2026-11-21T07:00:00.000Z' })
    assert.deepEqual(ids(), ['p3', 'p2', 'p1'])
    say(3, 3, 'ana')
    assert.equal(patients.list.value[0]?.waiting_since, '2026-11-21T07:00:00.000Z')
    assert.deepEqual([patients.list.value[0]?.unread, patients.list.value[1]?.unread], [2, 1])
    say(3, 4, 'dr', { kind: 'note' })
    assert.equal(ids()[0], 'p3', 'a note is no answer')
    say(3, 5, 'dr')
    assert.deepEqual([ids()[0], patients.list.value.find((p) => p.id === 'p3')?.waiting_since], ['p2', undefined])
    say(3, 3, 'ana', { version: 5000, text: 'corrected' })
    assert.equal(patients.list.value.find((p) => p.id === 'p3')?.waiting_since, undefined, 'a correction begins nothing')
  })

  it('follows own read marks', async () => {
    const { store, patients, say } = await started(1)
    say(1, 2, 'ana')
    store.markRead('c1', 2)
    assert.equal(patients.list.value[0]?.unread, 0)
  })

  it('fetches what the feed names, gathered', async () => {
    const { clock, store, server, patients } = await started(3)
    server.all[1] = patient(2, { bed: '9' })
    server.asked = []
    for (const version of [11, 12, 13]) store.apply([{ version, type: 'patient', patient: 'p2' }])
    await clock.pass(300)
    assert.deepEqual([server.asked, patients.list.value.find((p) => p.id === 'p2')?.bed], [['p2'], '9'])
    store.apply(Array.from({ length: 30 }, (_, i) => ({ version: 20 + i, type: 'patient', patient: `p${i}` })))
    await clock.pass(300)
    assert.deepEqual(server.asked, ['p2', 'list '])
  })

  it('takes in new ones and lets go of lost ones at once', async () => {
    const { clock, store, server, ids, row } = await started(2)
    server.all.push(patient(3))
    store.apply([listed(row(3), 50)])
    await clock.pass(300)
    assert.deepEqual(ids().sort(), ['p1', 'p2', 'p3'])
    store.apply([moved({ ...member(me, { state: 'left', version: 60 }), conversation: 'c1' })])
    assert.deepEqual(ids().sort(), ['p2', 'p3'])
    server.all.splice(1, 1)
    store.apply([{ version: 61, type: 'patient', patient: 'p2' }])
    await clock.pass(300)
    assert.deepEqual(ids(), ['p3'])
  })

  it('an answer that is older than a message is asked for again', async () => {
    const { clock, server, patients, say } = await started(1)
    server.all[0] = patient(1, { waiting_since: '2026-11-21T07:00:00.000Z' })
    let release = () => {}
    server.hold = new Promise((go) => { release = go })
    const done = patients.refresh('p1')
    say(1, 2, 'dr')
    server.hold = undefined
    release()
    await done
    server.all[0] = patient(1)
    await clock.pass(300)
    assert.equal(patients.list.value[0]?.waiting_since, undefined)
  })

  it('keeps a failure as state, and the list that was there', async () => {
    const { server, patients } = await started(2)
    const list = server.patients
    server.patients = () => Promise.reject(new ApiError(0, 'unreachable', ''))
    await patients.reload()
    assert.deepEqual([patients.failed.value?.code, patients.loading.value, patients.list.value.length], ['unreachable', false, 2])
    server.patients = list
    await patients.reload()
    assert.equal(patients.failed.value, undefined)
  })

  it('asks and shows nothing after close', async () => {
    const { clock, store, server, patients } = await started(2)
    store.apply([{ version: 11, type: 'patient', patient: 'p2' }])
    const done = patients.reload()
    patients.close()
    await done
    await clock.pass(1_000)
    await settle()
    assert.deepEqual([patients.list.value, server.asked.includes('p2'), clock.timers], [[], false, 0])
  })
})
