// Runs the smoke checks in engines other than Chromium: Firefox and WebKitGTK, each where it is installed or can be.
// Arguments are names of engines to run only those. KINWARD_BIN names a ready binary. Ends with a line "N passed, N failed, N skipped".
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { find, names } from './engines.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../../.e2e')
mkdirSync(out, { recursive: true })

function build() {
  const bin = join(out, 'kinward')
  const made = spawnSync('go', ['build', '-o', bin, './cmd/kinward'], { cwd: join(here, '../../..'), stdio: 'inherit' })
  if (made.status !== 0) process.exit(1)
  return bin
}

/** Runs all checks in one engine; gives how many passed and failed. */
function check(engine, env) {
  // Node has a WebSocket of its own from 22 on; 20 has to be asked.
  const flags = typeof WebSocket === 'undefined' ? ['--experimental-websocket', '--no-warnings'] : []
  const run = spawn(process.execPath, [...flags, '--test', '--test-timeout=600000', '--test-reporter=spec', join(here, 'checks.mjs')],
    { env: { ...process.env, NODE_OPTIONS: flags.join(' '), ...env, ENGINE: engine }, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  run.stdout.on('data', (chunk) => {
    text += chunk
    process.stdout.write(chunk)
  })
  return new Promise((done) => run.on('close', (code) => {
    const count = (word) => Number(text.match(new RegExp(`^ℹ ${word} (\\d+)`, 'm'))?.[1] ?? 0)
    const failed = count('fail') + count('cancelled')
    done({ passed: count('pass'), failed: failed || (code === 0 && count('pass') > 0 ? 0 : 1) })
  }))
}

const wanted = process.argv.slice(2).map((a) => a.toLowerCase())
const chosen = names.filter((n) => wanted.length === 0 || wanted.some((w) => n.toLowerCase().includes(w)))
let [passed, failed, skipped, bin] = [0, 0, 0, process.env.KINWARD_BIN]
for (const engine of chosen) {
  const programs = find(engine)
  if (!programs) {
    skipped++
    continue
  }
  bin ??= build()
  const result = await check(engine, { ...programs, KINWARD_BIN: bin, KINWARD_OUT: out })
  passed += result.passed
  failed += result.failed
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed === 0 ? 0 : 1
