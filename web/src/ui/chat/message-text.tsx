import { pieces } from './links'

/** The words of a message: text as it is, with its line breaks, and addresses that can be opened. Nothing is fetched. */
export function messageText(text: string) {
  return (
    <p class="kw-words" dir="auto">
      {pieces(text).map(({ text: piece, href }) => (href
        ? <a href={href} target="_blank" rel="noopener noreferrer" dir="ltr" tabIndex={-1}>{piece}</a>
        : piece))}
    </p>
  )
}
