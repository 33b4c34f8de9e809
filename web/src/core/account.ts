// The calls of coming in and of one's own account. They are apart from Api so that a page which needs none of them fetches
// none; each may throw an ApiError and nothing else.

import type { Api } from './api'
import type { Person, Redeem, Redeemed, Register, Session, SignedIn } from './wire.gen'

export async function signIn(api: Api, handle: string, password: string): Promise<Person> {
  return enter(api, '/sessions', { handle, password })
}

/** Open mode: signs in as an account that has no password. */
export async function choose(api: Api, account: string): Promise<Person> {
  return enter(api, '/sessions', { account })
}

export async function register(api: Api, r: Register): Promise<Person> {
  return enter(api, '/people', r)
}

/** Open mode: the accounts without a password; 404 elsewhere. */
export async function accounts(api: Api): Promise<Person[]> {
  return (await api.json<{ people: Person[] }>('/accounts', { open: true })).people
}

export async function redeem(api: Api, r: Redeem): Promise<Redeemed> {
  const redeemed = await api.json<Redeemed>('/invitations/redeem', { method: 'POST', body: r, open: true })
  api.identity?.signedIn(redeemed.person.id)
  return redeemed
}

export async function sessions(api: Api): Promise<Session[]> {
  return (await api.json<{ sessions: Session[] }>('/sessions')).sessions
}

export async function endSession(api: Api, id: string): Promise<void> {
  await api.json(`/sessions/${id}`, { method: 'DELETE' })
}

export async function changePassword(api: Api, current: string, next: string): Promise<void> {
  await api.json('/me/password', { method: 'PUT', body: { current, new: next } })
}

async function enter(api: Api, path: string, body: unknown): Promise<Person> {
  const { person } = await api.json<SignedIn>(path, { method: 'POST', body, open: true })
  api.identity?.signedIn(person.id)
  return person
}
