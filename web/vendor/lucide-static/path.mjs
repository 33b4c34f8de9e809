// Prints the one path of each Lucide icon named on the command line, as src/ui/icons.tsx keeps it:
//   node vendor/lucide-static/path.mjs bell alarm=alarm-clock
// All shapes of an icon become one path, so the client needs one string per icon and no inner markup.
import { readFileSync } from 'node:fs'

const folder = new URL('../../node_modules/lucide-static/icons/', import.meta.url)
const attribute = (tag, name) => Number(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? 0)
const text = (tag, name) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? ''

const shapes = {
  path: (tag) => absolute(text(tag, 'd')),
  line: (tag) => `M${attribute(tag, 'x1')} ${attribute(tag, 'y1')}L${attribute(tag, 'x2')} ${attribute(tag, 'y2')}`,
  polyline: (tag) => `M${text(tag, 'points').trim()}`,
  polygon: (tag) => `M${text(tag, 'points').trim()}z`,
  circle: (tag) => ellipse(attribute(tag, 'cx'), attribute(tag, 'cy'), attribute(tag, 'r'), attribute(tag, 'r')),
  ellipse: (tag) => ellipse(attribute(tag, 'cx'), attribute(tag, 'cy'), attribute(tag, 'rx'), attribute(tag, 'ry')),
  rect: (tag) => rectangle(attribute(tag, 'x'), attribute(tag, 'y'), attribute(tag, 'width'), attribute(tag, 'height'),
    attribute(tag, 'rx') || attribute(tag, 'ry')),
}

// A path's first "m" is absolute, but the pairs that follow it are relative: once joined, both must be said.
function absolute(d) {
  return d.replace(/^m\s*(-?\d*\.?\d+[\s,]*-?\d*\.?\d+)\s*(?=([a-z])?)/i, (_, point, next) => {
    const relative = d[0] === 'm'
    return `M${point}${next || d.length === point.length + 1 ? '' : relative ? 'l' : 'L'}`
  })
}

function ellipse(x, y, rx, ry) {
  return `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`
}

function rectangle(x, y, w, h, r) {
  const corner = (dx, dy) => (r ? `a${r} ${r} 0 0 1 ${dx} ${dy}` : '')
  const [across, down] = [w - 2 * r, h - 2 * r]
  return `M${x + r} ${y}h${across}${corner(r, r)}v${down}${corner(-r, r)}h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}z`
}

for (const wanted of process.argv.slice(2)) {
  const [name, file = name] = wanted.split('=')
  const svg = readFileSync(new URL(`${file}.svg`, folder), 'utf8').replace(/<svg[\s\S]*?>/, '')
  const path = [...svg.matchAll(/<(\w+)\s[\s\S]*?\/>/g)].map(([tag, kind]) => shapes[kind](tag.replace(/\s+/g, ' '))).join('')
  console.log(`  ${/^\w+$/.test(name) ? name : `'${name}'`}: '${path}',`)
}
