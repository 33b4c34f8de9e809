import type { ComponentChildren } from 'preact'
import { UpdateBar } from '../../ui/connection'
import { SkipLink } from '../../ui/kit'
import { useSession } from '../session'
import { Urgent } from './urgent'

/** The frame of each page outside a conversation: name, the choice of `language` on top, whom to call at the foot. */
export function Page({ language, children }: { language: ComponentChildren; children: ComponentChildren }) {
  const name = useSession().about.value?.name
  return (
    <div class="kw-entry">
      <SkipLink />
      <UpdateBar />
      <header class="kw-entry-top">
        <p class="kw-brand"><b>Kinward</b>{name && name !== 'Kinward' && <span dir="auto">{name}</span>}</p>
        {language}
      </header>
      <main class="kw-entry-main" id="main" tabIndex={-1}>{children}</main>
      <footer><Urgent /></footer>
    </div>
  )
}
