import type { Person } from '../../core/wire.gen'
import { Avatar } from '../kit/more'

/** Name, then role and handle, by which namesakes are told apart. */
export function PersonLine({ person }: { person: Person }) {
  return (
    <span class="kw-person">
      <Avatar name={person.name} size="s" />
      <span><bdi>{person.name}</bdi> <small><Distinction person={person} /></small></span>
    </span>
  )
}

export function Distinction({ person }: { person: Person }) {
  return <>{person.role && <><bdi>{person.role}</bdi> </>}{person.handle && <bdi dir="ltr">@{person.handle}</bdi>}</>
}
