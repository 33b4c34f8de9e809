// Runs the browser suite: builds Kinward, finds Chromium, and runs every *.spec.mjs against real servers with fresh databases.
// Arguments are parts of file names to run only those. Ends with a line "N passed, N failed".
import { spawnSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join, dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, shell } from './lib/chromium.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const out = join(here, '../.e2e')
mkdirSync(out, { recursive: true })

function build(name, ...flags) {
  const bin = join(out, name)
  const made = spawnSync('go', ['build', ...flags, '-o', bin, './cmd/kinward'], { cwd: root, stdio: 'inherit' })
  if (made.status !== 0) process.exit(1)
  return bin
}

function specs(dir) {
  return readdirSync(dir).sort().flatMap((name) => {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) return specs(path)
    return name.endsWith('.spec.mjs') ? [path] : []
  })
}

const only = process.argv.slice(2)
const files = specs(here).filter((f) => only.length === 0 || only.some((o) => relative(here, f).includes(o)))
const env = {
  ...process.env,
  KINWARD_BIN: build('kinward'),
  KINWARD_DEV_BIN: build('kinward-dev', '-tags', 'dev'),
  KINWARD_OUT: out,
  CHROMIUM: chromium(),
  CHROMIUM_SHELL: shell(),
}

const run = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=1200000', '--test-reporter=spec', ...files],
  { env, stdio: ['ignore', 'pipe', 'inherit'] })
let text = ''
run.stdout.on('data', (chunk) => {
  text += chunk
  process.stdout.write(chunk)
})
run.on('close', (code) => {
  const count = (word) => Number(text.match(new RegExp(`^ℹ ${word} (\\d+)`, 'm'))?.[1] ?? 0)
  console.log(`${count('pass')} passed, ${count('fail') + count('cancelled')} failed`)
  process.exitCode = code === 0 && count('pass') > 0 ? 0 : 1
})
