// What the build puts in (web/internal/bundle).

/** Whether this is a development build: `go run -tags dev ./cmd/kinward serve`. Code behind it is left out of others. */
declare const __DEV__: boolean

/** Names the sources of this client, as `About.build` names those that the server has. */
declare const __BUILD__: string

/** sw.ts only: the paths of all files with hashed names but the catalogues. */
declare const __ASSETS__: readonly string[]

/** sw.ts only: the paths of each language's catalogue, staff's part last. */
declare const __LOCALES__: Readonly<Record<string, readonly string[]>>

/**
 * The texts of one language: `import('locale:de')`, and of two more parts: `import('locale:de/staff')` and `import('locale:de/more')`. Each becomes a chunk. The area `basic` and
 * the area `card` are the server's and left out.
 */
declare module 'locale:*' {
  const texts: Readonly<Record<string, string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>>>
  export default texts
}
