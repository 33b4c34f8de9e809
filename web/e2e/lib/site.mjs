// Another system of the hospital: a web server of its own, and the tokens that it signs for Kinward.
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Starts a site whose pages are `pages` (by path, each giving type and body); `asked` are the paths that were asked for. Kinward
 * is at 127.0.0.1, so localhost is another site to browsers. `flags` let a server be embedded by it.
 */
export async function site() {
  const folder = await mkdtemp(join(tmpdir(), 'kinward-site-'))
  const secret = randomBytes(32).toString('hex')
  await writeFile(join(folder, 'secret'), secret)
  const pages = new Map()
  const asked = []
  const web = createServer((request, answer) => {
    asked.push(request.url)
    const page = pages.get(request.url)
    const [type, body] = page ? page() : ['text/plain', '']
    answer.writeHead(page ? 200 : 404, { 'Content-Type': type }).end(body)
  })
  await new Promise((done) => web.listen(0, 'localhost', done))
  const url = `http://localhost:${web.address().port}`
  const close = async () => {
    web.closeAllConnections()
    await Promise.all([new Promise((done) => web.close(done)), rm(folder, { recursive: true, force: true })])
  }
  return { url, pages, asked, close, flags: ['--embed-sites', url, '--embed-secret', join(folder, 'secret')], token: (...a) => token(secret, ...a) }
}

/** What a site signs, as the five lines of PHP in the guide do. */
function token(secret, handle, role, more = {}) {
  const claims = { sub: handle, role, exp: Math.floor(Date.now() / 1000) + 120, jti: randomBytes(16).toString('hex'), ...more }
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return `${payload}.${createHmac('sha256', secret).update(payload).digest('hex')}`
}

/** A page that embeds a server, and tells the events of the element in `told`. */
export function embedding(server, attributes, before = '') {
  const given = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`).join(' ')
  return `<!doctype html><html lang="en"><title>Record</title><main><h1>Record</h1>${before}
    <script>told = []; for (const e of ['ready', 'unread', 'open', 'token-expired', 'error'])
      addEventListener(e, ({ detail }) => told.push([e, detail]), true)</script>
    <script src="${server}/embed.js" defer></script><kinward-chat ${given}></kinward-chat></main></html>`
}
