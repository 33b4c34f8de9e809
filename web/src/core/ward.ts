// What only staff ask of the server about a patient: invitations, links and assignments. Apart from Api as in account.ts.

import type { Api } from './api'
import type { Assign, Invitation, Invite, TeamMember } from './wire.gen'

export async function invite(api: Api, patient: string, i: Invite): Promise<Invitation> {
  return api.json(`/patients/${patient}/invitations`, { method: 'POST', body: i })
}

/** An invitation's code, drawn: the address of the drawing itself, since in another site's page no cookie would fetch it. */
export async function qrURL(api: Api, patient: string, invitation: string): Promise<string> {
  const svg = await api.text(`/patients/${patient}/invitations/${invitation}/qr.svg`, 'image/svg+xml')
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

export function cardURL(api: Api, patient: string, invitation: string): string {
  return `${api.base}/patients/${patient}/invitations/${invitation}/card`
}

export async function revoke(api: Api, patient: string, link: string, reason: string): Promise<void> {
  await api.json(`/patients/${patient}/links/${link}/revoke`, { method: 'POST', body: { reason } })
}

export async function assign(api: Api, patient: string, a: Assign): Promise<TeamMember> {
  const path = `/patients/${patient}/assignments`
  return (await api.json<{ assignment: TeamMember }>(path, { method: 'POST', body: a })).assignment
}

export async function unassign(api: Api, patient: string, assignment: string): Promise<void> {
  await api.json(`/patients/${patient}/assignments/${assignment}`, { method: 'DELETE' })
}
