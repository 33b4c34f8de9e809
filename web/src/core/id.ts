let last = 0

/**
 * A new UUIDv7, the name of a message for ever: ids made later in this tab sort later. It needs nothing but
 * getRandomValues, since randomUUID is missing on pages that came over plain HTTP.
 */
export function uuidv7(now = Date.now()): string {
  last = Math.max(now, last + 1) // two in one millisecond keep their order; the clock may run ahead a little
  const b = crypto.getRandomValues(new Uint8Array(10))
  b[0] = 0x70 | (b[0]! & 0x0f) // version 7; the array has ten bytes
  b[2] = 0x80 | (b[2]! & 0x3f) // variant of RFC 9562
  const hex = last.toString(16).padStart(12, '0') + Array.from(b, (n) => n.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A short random text that tells tabs, and sign-ins, apart. */
export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) => n.toString(36)).join('')
}
