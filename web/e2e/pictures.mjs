// Makes the README's pictures from the demo hospital: a doctor at a desk, a relative with a phone.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mkdirSync } from 'node:fs'
import { launch } from './lib/chromium.mjs'
import { start } from './lib/kinward.mjs'
import { device } from './lib/page.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const bin = join(root, 'web/.e2e/kinward')
mkdirSync(dirname(bin), { recursive: true })
if (spawnSync('go', ['build', '-o', bin, './cmd/kinward'], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1)
process.env.KINWARD_BIN = bin

const server = await start({ demo: true })
const browser = await launch({ whole: true })
const pictures = join(root, 'docs/pictures')
mkdirSync(pictures, { recursive: true })
try {
  const doctor = await server.signIn('elena.fischer')
  const relative = await server.signIn('ana.silva')
  const [patient] = (await doctor.patients()).filter((p) => p.family.some((f) => f.person === relative.id))

  const desk = await device(browser, { width: 1360, height: 800, deviceScaleFactor: 1.5 })
  await doctor.enter(desk.context())
  await desk.goto(`${server.url}/patients/${patient.id}`)
  await desk.getByRole('log').locator('li[data-key]').first().waitFor()
  await desk.screenshot({ path: join(pictures, 'doctor.png') })

  const phone = await device(browser, { phone: true, width: 390, height: 800, deviceScaleFactor: 2 })
  await relative.enter(phone.context())
  await phone.goto(server.url)
  await phone.getByRole('log').locator('li[data-key]').first().waitFor()
  await phone.screenshot({ path: join(pictures, 'phone.png') })
} finally {
  await browser.close()
  await server.close()
}
