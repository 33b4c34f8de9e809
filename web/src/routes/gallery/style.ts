/** The gallery's own looks, kept out of the style sheet that everybody gets. */
export const style = `
.kw-gallery-bar { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-5); align-items: end;
  padding: var(--space-3) var(--space-4);
  border-block-end: 1px solid var(--line); }
.kw-gallery-bar h1 { flex: 1 1 10rem; align-self: center; }
.kw-gallery { display: grid; gap: var(--space-7); padding: var(--space-5) var(--space-4) var(--space-7);
  max-inline-size: 80rem; margin-inline: auto; }
.kw-gallery[data-width='320'] { max-inline-size: 320px; }
.kw-gallery[data-width='360'] { max-inline-size: 360px; }
.kw-gallery[data-width='768'] { max-inline-size: 768px; }
.kw-gallery-section { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr));
  gap: var(--space-5); min-inline-size: 0; }
.kw-gallery-section > h2 { grid-column: 1 / -1; padding-block-end: var(--space-2); border-block-end: 1px solid var(--line);
  font-size: var(--font-xl); }
.kw-gallery-section > ul, .kw-gallery-section > .kw-four { grid-column: 1 / -1; }
.kw-specimen { display: grid; align-content: start; gap: var(--space-2); min-inline-size: 0; }
.kw-specimen[data-wide='true'] { grid-column: span 2; }
.kw-specimen > figcaption { color: var(--text-2); font-size: var(--font-s); }
.kw-specimen > div { min-inline-size: 0; }
.kw-swatches, .kw-gallery-icons { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr));
  gap: var(--space-3); }
.kw-swatches span { display: block; block-size: 3rem; border: 1px solid var(--line); border-radius: var(--radius-m); }
.kw-gallery-icons li { display: grid; justify-items: center; gap: var(--space-1); font-size: var(--font-l);
  overflow-wrap: anywhere; text-align: center; }
.kw-gallery-icons small { color: var(--text-2); }
.kw-word-h1 { font-size: var(--font-2xl); font-weight: 600; line-height: 1.25; }
.kw-word-h2 { font-size: var(--font-l); font-weight: 600; }
.kw-word-h3 { font-size: var(--font-m); font-weight: 600; }
.kw-four { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr));
  border: 1px solid var(--line); }
.kw-four > div { padding: var(--space-4); background: var(--bg); min-inline-size: 0; }
.kw-gallery-centre { display: grid; justify-items: center; }
.kw-gallery-log { overflow: auto; padding: var(--space-4); display: grid; gap: var(--space-4); align-content: start; }
.kw-gallery-foot { padding: var(--space-2) var(--space-4); border-block-start: 1px solid var(--line); text-align: center;
  font-weight: 600; }
@media (max-width: 50rem) { .kw-specimen[data-wide='true'] { grid-column: auto; } }
`
