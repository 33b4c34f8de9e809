import type { Feed } from './connection'
import { makeTransport } from './transports/make'
import type { Failure, Method, TransportOptions } from './transports/transport'

export interface TestResult {
  method: Method
  ok: boolean
  latencyMs?: number
  /** `silent`: nothing came through in time. */
  why?: 'refused' | 'silent' | 'unreachable'
}

const LIMIT_MS = 8000 // of one method, so that all four take half a minute at most

/**
 * Opens one connection beside the live one, waits for the server's first word and closes it. What it tells is dropped, so
 * that nothing but `cursor`, which has been applied, is acknowledged.
 */
export function tryMethod(method: Method, cursor: string, o: TransportOptions): Promise<TestResult> {
  return new Promise((resolve) => {
    const transport = makeTransport(method, o)
    let live = false
    const end = (result: Omit<TestResult, 'method'>): void => {
      cancel()
      transport.close()
      resolve({ method, ...result })
    }
    const measure = (): void => {
      const { latencyMs } = transport.stats()
      if (live && latencyMs !== undefined) end({ ok: true, latencyMs })
    }
    const cancel = o.clock.after(LIMIT_MS, () => end({ ok: false, why: 'silent' }))
    transport.open(cursor, {
      opened() {
        live = true
        measure()
      },
      page: measure,
      heard: measure, // the answer to a WebSocket's ping comes after it has opened
      failed: (why) => end({ ok: false, why: reason(why) }),
    })
  })
}

/** The first of some methods that works, if any does. It gives up once `wanted` says so. */
export async function first(
  methods: readonly Method[], feed: Feed, o: TransportOptions, wanted: () => boolean,
): Promise<Method | undefined> {
  for (const method of methods) {
    const { ok } = await tryMethod(method, feed.cursor, o)
    if (!wanted()) return undefined
    if (ok) return method
  }
  return undefined
}

function reason(why: Failure): 'refused' | 'unreachable' {
  return why.kind === 'lost' && why.retryAfterMs === undefined ? 'unreachable' : 'refused'
}
