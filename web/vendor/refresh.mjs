// Copies the ESM files that the client is built from out of node_modules, with their licences, so that building needs no
// Node. The lock file says the versions: npm ci && node vendor/refresh.mjs. With --check it changes nothing and fails where a
// copy differs.
import { readFile, writeFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, '../node_modules')

// Where a package's files come from, and what they are called here.
const files = {
  'preact/preact.mjs': 'preact/dist/preact.mjs',
  'preact/hooks.mjs': 'preact/hooks/dist/hooks.mjs',
  'preact/LICENSE': 'preact/LICENSE',
  'signals-core/signals-core.mjs': '@preact/signals-core/dist/signals-core.mjs',
  'signals-core/LICENSE': '@preact/signals-core/LICENSE',
  'lucide-static/LICENSE': 'lucide-static/LICENSE',
}

async function original(path) {
  const text = await readFile(join(modules, path), 'utf8')
  return text.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '\n')
}

async function versions() {
  const lock = JSON.parse(await readFile(join(here, '../package-lock.json'), 'utf8'))
  const names = new Set(Object.values(files).map((f) => f.split('/').slice(0, f.startsWith('@') ? 2 : 1).join('/')))
  return [...names].sort().map((name) => `${name} ${lock.packages[`node_modules/${name}`].version}\n`).join('')
}

const wanted = new Map([['VERSIONS', await versions()]])
for (const [to, from] of Object.entries(files)) wanted.set(to, await original(from))

let stale = 0
for (const [to, text] of wanted) {
  const path = join(here, to)
  if (process.argv.includes('--check')) {
    if ((await readFile(path, 'utf8').catch(() => '')) === text) continue
    console.error(`vendor/${to} differs from the locked version; run: npm ci && npm run vendor`)
    stale++
    continue
  }
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
process.exitCode = stale ? 1 : 0
