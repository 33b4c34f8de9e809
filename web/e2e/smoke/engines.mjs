// Where the engines beside Chromium are. On a Debian where we may, they are installed; elsewhere one line says what is missing.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

const libraries = ['/usr/lib', '/usr/lib64', '/usr/libexec']

/** The browser that WebKitGTK brings for trying things, next to its library, whose folder has the machine's name in it. */
function miniBrowser() {
  const folders = libraries.filter(existsSync).flatMap((l) => [l, ...readdirSync(l).filter((n) => n.includes('-linux-')).map((n) => `${l}/${n}`)])
  const places = folders.flatMap((f) => ['4.1', '6.0', '4.0'].flatMap((v) => [`${f}/webkit2gtk-${v}/MiniBrowser`, `${f}/webkitgtk-${v}/MiniBrowser`]))
  return places.find((p) => existsSync(p))
}

const program = (...names) => names.flatMap((n) => [`/usr/bin/${n}`, `/usr/local/bin/${n}`]).find((p) => existsSync(p))

/** Each gives the paths of its programs by name, undefined for one that is not there, and the Debian packages that bring them. */
const engines = {
  Firefox: {
    packages: ['firefox-esr'],
    programs: () => ({ FIREFOX: process.env.FIREFOX ?? program('firefox-esr', 'firefox') }),
  },
  WebKitGTK: {
    packages: ['webkit2gtk-driver', 'libwebkit2gtk-4.1-0', 'xvfb'],
    programs: () => ({ WEBKIT_DRIVER: program('WebKitWebDriver'), MINIBROWSER: process.env.MINIBROWSER ?? miniBrowser(), XVFB: program('Xvfb') }),
  },
}

export const names = Object.keys(engines)

const missing = (programs) => Object.keys(programs).filter((name) => !programs[name])

/** The programs of an engine as environment variables; undefined where it is not installed and can't be. */
export function find(name) {
  const { packages, programs } = engines[name]
  if (missing(programs()).length && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) install([...packages, 'fonts-noto-core'])
  const found = programs()
  const lack = missing(found)
  if (lack.length === 0) return found
  console.log(`${name}: not installed, skipped (no ${lack.join(', ')}; on Debian: apt-get install ${packages.join(' ')})`)
  return undefined
}

function install(packages) {
  const sh = `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${packages.join(' ')}`
  spawnSync('sh', ['-c', sh], { stdio: ['ignore', 'ignore', 'inherit'] })
}
