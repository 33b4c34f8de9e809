// What the client says, in six languages. The texts are in src/locales; here is only how one is chosen and filled in.

import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { Key, Texts } from './keys.gen'

export type Language = 'en' | 'es' | 'zh' | 'ar' | 'de' | 'pt'

type Catalogue = Readonly<Record<string, string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>>>

/** What may stand in place of `{name}` in a text. Numbers are written in the way of the language. */
export type Values<K extends Key = Key> = Readonly<Record<Texts[K], string | number>>

type Needs<K extends Key> = [Texts[K]] extends [never] ? [values?: Record<string, never>] : [values: Values<K>]

/** The languages, each named in its own. `tag` is what Intl gets: 24-hour times and Western digits, as on a ward's papers. */
export const languages: readonly { code: Language; name: string; dir: 'ltr' | 'rtl'; tag: string }[] = [
  { code: 'en', name: 'English', dir: 'ltr', tag: 'en-GB' },
  { code: 'es', name: 'Español', dir: 'ltr', tag: 'es' },
  { code: 'zh', name: '中文', dir: 'ltr', tag: 'zh-Hans' },
  { code: 'ar', name: 'العربية', dir: 'rtl', tag: 'ar-u-nu-latn' },
  { code: 'de', name: 'Deutsch', dir: 'ltr', tag: 'de' },
  { code: 'pt', name: 'Português', dir: 'ltr', tag: 'pt-PT' },
]

/** `base` is what a relative's conversation says, `staff` what staff's pages say besides; `more`, all that opens on demand. */
export type Part = 'base' | 'staff' | 'more'

type Load = () => Promise<{ default: Catalogue }>

const load: Record<Language, Readonly<Record<Part, Load>>> = {
  en: { base: () => import('locale:en'), staff: () => import('locale:en/staff'), more: () => import('locale:en/more') },
  es: { base: () => import('locale:es'), staff: () => import('locale:es/staff'), more: () => import('locale:es/more') },
  zh: { base: () => import('locale:zh'), staff: () => import('locale:zh/staff'), more: () => import('locale:zh/more') },
  ar: { base: () => import('locale:ar'), staff: () => import('locale:ar/staff'), more: () => import('locale:ar/more') },
  de: { base: () => import('locale:de'), staff: () => import('locale:de/staff'), more: () => import('locale:de/more') },
  pt: { base: () => import('locale:pt'), staff: () => import('locale:pt/staff'), more: () => import('locale:pt/more') },
}

interface Spoken {
  info: (typeof languages)[number]
  texts: Catalogue
}

const spoken = signal<Spoken>({ info: infoOf('en'), texts: {} })
const current = signal<Language>('en')
let wanted: Language | undefined
const parts = new Set<Part>(['base']) // in use

/** The language that the client speaks now. */
export const language: ReadonlySignal<Language> = current

/**
 * Loads a language's texts, then switches. Rejects when they can't be loaded; what is spoken now stays (at the very start,
 * when nothing is loaded yet, English is tried). Of two calls the later one counts.
 */
export async function choose(code: Language): Promise<void> {
  wanted = code
  const texts = await fetched(code).catch(async (why: unknown) => {
    if (Object.keys(spoken.value.texts).length === 0 && code !== 'en') await choose('en')
    throw why
  })
  if (wanted === code) use(code, texts)
}

/** Adds a part of the texts, in the present language and in all that are chosen later. Rejects when it can't be loaded. */
export async function withTexts(part: Part): Promise<void> {
  if (parts.has(part)) return
  await load[wanted ?? current.value][part]()
  parts.add(part)
  await choose(wanted ?? current.value) // it may have been on its way already, without this part
}

async function fetched(code: Language): Promise<Catalogue> {
  const { size } = parts
  const loaded = await Promise.all([...parts].map((part) => load[code][part]()))
  if (parts.size > size) return fetched(code) // one was added meanwhile, and must not be lost
  return Object.assign({}, ...loaded.map((m) => m.default)) as Catalogue
}

/** Switches to a language whose texts are at hand already: for tests, and for a page that brought them along. */
export function use(code: Language, texts: Catalogue): void {
  spoken.value = { info: infoOf(code), texts }
  current.value = code
}

function infoOf(code: Language): Spoken['info'] {
  return languages.find((l) => l.code === code) as Spoken['info']
}

/** Makes what formats in the present language when that is first needed: on an old phone each takes longer than a page of texts. */
function perTag<T>(make: (tag: string) => T): () => T {
  let made: { tag: string; is: T } | undefined
  return () => {
    const { tag } = spoken.value.info
    if (made?.tag !== tag) made = { tag, is: make(tag) }
    return made.is
  }
}

const plural = perTag((tag) => new Intl.PluralRules(tag))
const numbers = perTag((tag) => new Intl.NumberFormat(tag))
const lists = perTag((tag) => new Intl.ListFormat(tag))

/** The best of our languages for a browser's list of wanted ones, such as `['pt-BR', 'en']`; English if none fits. */
export function bestLanguage(list: readonly string[]): Language {
  for (const tag of list) {
    const found = languages.find((l) => l.code === tag.toLowerCase().split(/[-_]/)[0])
    if (found) return found.code
  }
  return 'en'
}

/** The tag of the present language for Intl and for `lang` attributes. */
export function tag(): string {
  return spoken.value.info.tag
}

/** `ltr` or `rtl`, of the present language. */
export function direction(): 'ltr' | 'rtl' {
  return spoken.value.info.dir
}

/**
 * The text of a key in the present language. A component that calls it follows a change of the language. Of a text with
 * plural forms, `count` chooses the form. A key that the catalogue lacks is shown as it is.
 */
export function t<K extends Key>(key: K, ...values: Needs<K>): string {
  return fill(key, values[0] ?? {})
}

/** `t` for keys that are put together at run time; undefined if there is no such text. */
export function textOf(key: string, values: Readonly<Record<string, string | number>> = {}): string | undefined {
  return key in spoken.value.texts ? fill(key, values) : undefined
}

function fill(key: string, values: Readonly<Record<string, string | number>>): string {
  const { texts } = spoken.value
  let text = texts[key] ?? `${key}` // the build makes numbers of keys
  if (typeof text !== 'string') text = text[plural().select(Number(values.count))] ?? text.other ?? key
  return text.replace(/\{([a-z_]+)\}/g, (placeholder, name: string) => {
    const value = values[name]
    if (value === undefined) return placeholder
    return typeof value === 'number' ? number(value) : isolate(value)
  })
}

/** A number as the present language writes it. */
export function number(n: number): string {
  return numbers().format(n)
}

/** "Ana, Paulo and Rui". */
export function listOf(names: readonly string[]): string {
  return lists().format(names.map(isolate))
}

const rtl = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
const isolated = /^\u2068[^\u2069]*\u2069$/

/**
 * Keeps a name from turning round what stands beside it, by the invisible marks FSI and PDI. They are put only where the
 * directions can meet, so that plain texts stay plain for searching and copying.
 */
export function isolate(text: string): string {
  return (spoken.value.info.dir === 'rtl' || rtl.test(text)) && !isolated.test(text) ? `\u2068${text}\u2069` : text
}

/** A sentence for people about what an answer or a missing answer means, from the problem's `code` and status. */
export function explain(problem: { code: string; status?: number }): string {
  const other = (problem.status ?? 400) >= 500 ? 'core.error_internal' : 'core.error_other'
  return textOf(`core.error_${problem.code}`) ?? fill(other, {})
}
