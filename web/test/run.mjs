// Bundles test/*.test.ts and runs them under node --test. Names of files (`npm run unit -- outbox time`) run only those.
// The last line is plain: "N passed, N failed".
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from 'node:test'
import { spec as Spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'

const web = join(dirname(fileURLToPath(import.meta.url)), '..')
const only = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'kinward-units-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

try {
  execFileSync('go', ['run', './build', 'units', folder, ...only], { cwd: web, stdio: 'inherit' })
} catch {
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const files = readdirSync(folder).filter((name) => name.endsWith('.mjs')).map((name) => join(folder, name))
const tests = run({ files, concurrency: true, timeout: 60_000 })
const count = { passed: 0, failed: 0 }

// A suite, and a file, repeat what their tests have said.
tests.on('test:pass', (test) => {
  if (test.details?.type !== 'suite' && !files.includes(test.name) && test.skip === undefined) count.passed++
})
tests.on('test:fail', (test) => {
  if (test.details?.error?.failureType !== 'subtestsFailed') count.failed++
})
tests.compose(new Spec()).pipe(process.stdout, { end: false })
tests.on('end', () => setImmediate(() => {
  console.log(`${count.passed} passed, ${count.failed} failed`)
  process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0
}))
