import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Updates, type Workers } from '../src/core/update'

/** A service worker container that the test plays. */
class Browser extends EventTarget {
  controller: ServiceWorker | null = null
  refuses = false
  asked: unknown[] = []
  updates = 0
  readonly registration = Object.assign(new EventTarget(), {
    installing: null as EventTarget | null,
    waiting: null as { postMessage: (m: unknown) => void } | null,
    update: () => Promise.resolve(void this.updates++),
  })

  register(): Promise<unknown> {
    return this.refuses ? Promise.reject(new TypeError('refused')) : Promise.resolve(this.registration)
  }

  /** A newer worker has been fetched and installed; it waits if another one is in charge. */
  installs(): void {
    const worker = new EventTarget()
    this.registration.installing = worker
    this.registration.dispatchEvent(new Event('updatefound'))
    this.registration.installing = null
    if (this.controller) this.registration.waiting = { postMessage: (m) => this.asked.push(m) }
    worker.dispatchEvent(new Event('statechange'))
  }

  takesOver(): void {
    this.controller = {} as ServiceWorker
    this.registration.waiting = null
    this.dispatchEvent(new Event('controllerchange'))
  }
}

async function started(before: boolean) {
  const browser = new Browser()
  if (before) browser.controller = {} as ServiceWorker
  let reloads = 0
  const updates = new Updates(browser as unknown as Workers, () => reloads++, () => undefined)
  await updates.start('/sw.js')
  return { browser, updates, reloads: () => reloads }
}

describe('P-5 a newer build', () => {
  it('is not offered for the first worker of a device', async () => {
    const { browser, updates, reloads } = await started(false)
    browser.installs()
    browser.takesOver()
    assert.equal(updates.ready.value, false)
    assert.equal(reloads(), 0)
  })

  it('waits until it is applied, then the page loads anew once', async () => {
    const { browser, updates, reloads } = await started(true)
    updates.apply()
    assert.deepEqual(browser.asked, [], 'nothing to apply yet')
    browser.installs()
    assert.equal(updates.ready.value, true)
    assert.deepEqual(browser.asked, [])
    updates.apply()
    updates.apply()
    assert.deepEqual(browser.asked, [{ is: 'take-over' }])
    assert.equal(reloads(), 0, 'the page goes on until the new worker is in charge')
    browser.takesOver()
    assert.equal(reloads(), 1)
  })

  it('that another tab applied is offered here, and does not reload this tab', async () => {
    const { browser, updates, reloads } = await started(true)
    browser.takesOver()
    assert.equal(updates.ready.value, true)
    assert.equal(reloads(), 0)
    updates.apply()
    assert.equal(reloads(), 1)
  })

  it('is offered when it waited before this page was opened', async () => {
    const browser = new Browser()
    browser.controller = {} as ServiceWorker
    browser.registration.waiting = { postMessage: () => undefined }
    const updates = new Updates(browser as unknown as Workers, () => undefined, () => undefined)
    await updates.start('/sw.js')
    assert.equal(updates.ready.value, true)
  })

  it('P-1 is never found where there are no workers or they are refused', async () => {
    const none = new Updates(undefined, () => assert.fail('reloaded'))
    await none.start('/sw.js')
    none.check()
    none.apply()
    const browser = new Browser()
    browser.refuses = true
    const refused = new Updates(browser as unknown as Workers, () => assert.fail('reloaded'), () => undefined)
    await refused.start('/sw.js')
    refused.check()
    assert.equal(refused.ready.value, false)
  })
})
