// The calls of staff and members about each other: who there is, and conversations among them. Apart from Api as in account.ts.

import type { Api } from './api'
import type { Conversation, OpenConversation, Person } from './wire.gen'

export async function people(api: Api, query: string, limit?: number): Promise<Person[]> {
  return (await api.json<{ people: Person[] }>('/people', { query: { query, limit } })).people
}

export async function open(api: Api, o: OpenConversation): Promise<Conversation> {
  return (await api.json<{ conversation: Conversation }>('/conversations', { method: 'POST', body: o })).conversation
}

export async function addMember(api: Api, conversation: string, person: string): Promise<void> {
  await api.json(`/conversations/${conversation}/members`, { method: 'POST', body: { person } })
}

/** Removes somebody from a group; 'me' leaves it. */
export async function removeMember(api: Api, conversation: string, person: string): Promise<void> {
  await api.json(`/conversations/${conversation}/members/${person}`, { method: 'DELETE' })
}
