// Some drivers can't tell of the console (WebKitGTK's can't). There the page tells of it itself: a server stands between, passes
// everything on, and puts a script of its own in front of all others.
import http from 'node:http'
import net from 'node:net'

const script = '/smoke-listener.js'
const told = '/smoke-fault'

/** Runs in the page, first of all. */
function listen(path) {
  const tell = (text) => void fetch(path, { method: 'POST', body: String(text), keepalive: true })
  const { error } = console
  console.error = (...words) => {
    tell(words.join(' '))
    error.apply(console, words)
  }
  addEventListener('error', (e) => tell(e.message))
  addEventListener('unhandledrejection', (e) => tell(e.reason))
  document.addEventListener('securitypolicyviolation', (e) => tell(`Content Security Policy: ${e.violatedDirective} forbids ${e.blockedURI}`))
}

/** Stands before a server. Gives the address to use instead, the faults that pages have told so far, and close. */
export async function listener(target) {
  const { hostname, port } = new URL(target)
  const faults = []
  const proxy = http.createServer((request, response) => {
    if (request.url === script) return response.setHeader('Content-Type', 'text/javascript').end(`(${listen})(${JSON.stringify(told)})`)
    if (request.url === told) return hear(request, response, faults)
    const headers = { ...request.headers, 'accept-encoding': 'identity' }
    const onward = http.request({ hostname, port, method: request.method, path: request.url, headers }, (answer) => pass(answer, response))
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  proxy.on('upgrade', (request, socket, head) => {
    const onward = net.connect(Number(port), hostname, () => {
      const lines = request.rawHeaders.reduce((all, word, i) => all + word + (i % 2 ? '\r\n' : ': '), '')
      onward.write(`GET ${request.url} HTTP/1.1\r\n${lines}\r\n`)
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    for (const [one, other] of [[onward, socket], [socket, onward]]) one.on('error', () => other.destroy())
  })
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done))
  const close = () => {
    proxy.close()
    proxy.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${proxy.address().port}`, faults, close }
}

async function hear(request, response, faults) {
  let text = ''
  for await (const chunk of request) text += chunk
  faults.push(text)
  response.writeHead(204).end()
}

async function pass(answer, response) {
  const { 'content-length': length, ...headers } = answer.headers
  if (!answer.headers['content-type']?.startsWith('text/html')) {
    response.writeHead(answer.statusCode, answer.headers)
    response.flushHeaders()
    return answer.pipe(response)
  }
  let page = ''
  for await (const chunk of answer) page += chunk
  response.writeHead(answer.statusCode, headers).end(page.replace('<head>', `<head><script src="${script}"></script>`))
}
