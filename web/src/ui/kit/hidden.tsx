import type { ComponentChildren } from 'preact'
import { t } from '../../core/i18n'

/** Words for screen readers only. */
export function VisuallyHidden({ children }: { children: ComponentChildren }) {
  return <span class="kw-hidden">{children}</span>
}

/** The first Tab stop of a page, seen while it has the focus. It leads to the element with the id `main`. */
export function SkipLink() {
  return (
    <a
      class="kw-skip"
      href="#main"
      onClick={(event) => {
        // The address keeps no #main: a router, or a code in the fragment, would trip over it.
        event.preventDefault()
        document.getElementById('main')?.focus()
      }}
    >
      {t('common.skip_to_content')}
    </a>
  )
}
