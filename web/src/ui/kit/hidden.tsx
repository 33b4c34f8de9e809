import type { ComponentChildren } from 'preact'
import { t } from '../../core/i18n'

/** Words for screen readers only. */
export function VisuallyHidden({ children }: { children: ComponentChildren }) {
  return <span class="kw-hidden">{children}</span>
}

/** The first Tab stop of a page, seen while it has the focus. `target` is an id; `main` unless told. */
export function SkipLink({ target = 'main', children }: { target?: string | undefined; children?: ComponentChildren }) {
  return (
    <a
      class="kw-skip"
      href={`#${target}`}
      onClick={(event) => {
        // The address keeps no #main: a router, or a code in the fragment, would trip over it.
        event.preventDefault()
        document.getElementById(target)?.focus()
      }}
    >
      {children ?? t('common.skip_to_content')}
    </a>
  )
}
