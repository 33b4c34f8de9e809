// Where Chromium is. On a Debian where we may, it is installed; elsewhere one line says how.
//
// There are two: the whole browser, and its headless shell, which is the same engine without a window system's browser around it
// and takes half the time. The shell is taken where it is there. What it lacks, notices of the system, needs the whole one.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium as playwright } from 'playwright-core'
import { tellOfBrowser } from './failure.mjs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']
const shells = ['/usr/bin/chromium-headless-shell']

const first = (paths) => paths.find((p) => p && existsSync(p))

/** The whole browser. */
export function chromium() {
  const found = first([process.env.CHROMIUM, ...places]) ?? (install('chromium', 'fonts-noto-core', 'fonts-noto-cjk') && first(places))
  if (found) return found
  console.error('The browser suite needs Chromium: "apt-get install chromium", or name yours by CHROMIUM=/path.')
  process.exit(1)
}

/** The headless shell; the whole browser where there is none, or where CHROMIUM names that. */
export function shell() {
  if (process.env.CHROMIUM_SHELL) return process.env.CHROMIUM_SHELL
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  return first(shells) ?? ((install('chromium-headless-shell') && first(shells)) || chromium())
}

/** Installs Debian packages, where that is possible; tells whether it was. */
function install(...packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  const sh = `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq ${packages.join(' ')}`
  return spawnSync('sh', ['-c', sh], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

// Without these, Chromium talks to its maker in the background.
const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

/** Starts Chromium, the shell of it unless { whole }. The caller closes it. */
export async function launch({ args = [], whole = false } = {}) {
  const executablePath = whole ? chromium() : shell()
  return tellOfBrowser(await playwright.launch({ executablePath, args: [...quiet, ...args], headless: true }))
}

/** Starts Chromium on a profile that outlives it. Gives its one context; closing that ends the browser. */
export async function launchKept(profile) {
  return tellOfBrowser(await playwright.launchPersistentContext(profile, { executablePath: shell(), args: quiet, headless: true }))
}
