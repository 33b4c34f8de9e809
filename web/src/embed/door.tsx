import { t } from '../core/i18n'
import { EmptyState } from '../ui/kit'

/** In an embedded page one enters with the page around it, and nowhere else. */
export function Door() {
  return (
    <main class="kw-wait">
      <EmptyState level={1} icon="refresh" title={t('entry.embed_title')} text={t('entry.embed_text')} />
    </main>
  )
}
