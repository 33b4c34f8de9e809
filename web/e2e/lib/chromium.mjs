// Where Chromium is. On a Debian where we may, it is installed; elsewhere one line says how.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium as playwright } from 'playwright-core'
import { tellOfBrowser } from './failure.mjs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

export function chromium() {
  const found = [process.env.CHROMIUM, ...places].find((p) => p && existsSync(p))
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const sh = 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core fonts-noto-cjk'
    spawnSync('sh', ['-c', sh], { stdio: ['ignore', 'ignore', 'inherit'] })
    if (existsSync(places[0])) return places[0]
  }
  console.error('The browser suite needs Chromium: "apt-get install chromium", or name yours by CHROMIUM=/path.')
  process.exit(1)
}

// Without these, Chromium talks to its maker in the background.
const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

/** Starts Chromium. The caller closes it. */
export async function launch(args = []) {
  return tellOfBrowser(await playwright.launch({ executablePath: process.env.CHROMIUM ?? chromium(), args: [...quiet, ...args], headless: true }))
}

/** Starts Chromium on a profile that outlives it. Gives its one context; closing that ends the browser. */
export async function launchKept(profile) {
  const executablePath = process.env.CHROMIUM ?? chromium()
  return tellOfBrowser(await playwright.launchPersistentContext(profile, { executablePath, args: quiet, headless: true }))
}
