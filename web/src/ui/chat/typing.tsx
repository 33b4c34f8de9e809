import { listOf, t } from '../../core/i18n'
import { useScope } from './scope'

/** Who writes now. Families read of the team, not of its members (B-27). Not announced; its place is always kept free. */
export function Typing() {
  const { talk, audience } = useScope()
  const typists = talk.typing.value
  const [first] = typists
  if (!first) return null
  return <p class="kw-typing"><span dir="auto">{text()}</span></p>

  function text(): string {
    if (audience === 'family' && typists.some((p) => p.kind !== 'family')) return t('chat.typing_team')
    if (typists.length === 1 && first) return t('chat.typing_one', { name: first.name })
    return t('chat.typing_some', { names: listOf(typists.map((p) => p.name)) })
  }
}
