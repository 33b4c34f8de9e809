// What a person does with a page, the same in each engine. A driver knows goto, reload, call, act, screenshot, close and faults.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import assert from 'node:assert/strict'

const waitMs = 15000
const keys = { Shift: '\uE008', Control: '\uE009', Enter: '\uE007', Escape: '\uE00C', Tab: '\uE004', End: '\uE010' }

export class Page {
  constructor(driver) {
    this.driver = driver
  }

  /** Errors and refusals by the content security policy that the console has told. */
  get faults() {
    return this.driver.faults
  }

  goto(url) {
    return this.driver.goto(url)
  }

  reload() {
    return this.driver.reload()
  }

  close() {
    return this.driver.close()
  }

  /** Calls a function in the page; what goes in and out is JSON. */
  evaluate(f, ...args) {
    return this.driver.call(String(f), args)
  }

  /** Waits until a function gives something true in the page. */
  async until(f, what, ...args) {
    const end = Date.now() + waitMs
    for (;;) {
      const got = await this.evaluate(f, ...args)
      if (got) return got
      if (Date.now() > end) assert.fail(`waited for ${what}; last: ${JSON.stringify(got)}; faults: ${this.faults.join(' | ')}\n${await this.evaluate(seen)}`)
      await new Promise((next) => setTimeout(next, 50))
    }
  }

  /**
   * Waits for an element that can be seen and is not covered, brings it into view and gives its middle and some facts. want:
   * { selector } or { role }, and { name } (a text for equal, a pattern for like).
   */
  find(want) {
    const { name } = want
    const like = name instanceof RegExp ? { source: name.source, flags: name.flags } : undefined
    return this.until(seek, JSON.stringify({ ...want, name: String(name) }), { ...want, like })
  }

  /** Presses the middle of an element as a mouse does. */
  async click(want) {
    const { x, y } = await this.find(want)
    await this.driver.act([{
      type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' },
      actions: [{ type: 'pointerMove', x, y }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }],
    }])
  }

  /** Presses keys together, as ['Control', 'k']. */
  press(...together) {
    const values = together.map((k) => keys[k] ?? k)
    const actions = [...values.map((value) => ({ type: 'keyDown', value })), ...values.reverse().map((value) => ({ type: 'keyUp', value }))]
    return this.driver.act([{ type: 'key', id: 'keyboard', actions }])
  }

  /** Types into what has the focus; a line break is Shift and Enter. */
  async type(text) {
    for (const [i, line] of text.split('\n').entries()) {
      if (i > 0) await this.press('Shift', 'Enter')
      const actions = [...line].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }])
      if (actions.length) await this.driver.act([{ type: 'key', id: 'keyboard', actions }])
    }
  }

  /** Chooses in a list of the system, which no driver can press. */
  async choose(want, value) {
    await this.find(want)
    await this.evaluate((select, v) => {
      const element = document.querySelector(select)
      element.value = v
      element.dispatchEvent(new Event('input', { bubbles: true }))
      element.dispatchEvent(new Event('change', { bubbles: true }))
    }, want.selector, value)
  }

  /** A picture for a person to look at, in the folder of the run. */
  async picture(name) {
    const still = () => document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity)
    await this.until(still, 'the end of all movement')
    await writeFile(join(process.env.KINWARD_OUT ?? '.', `${name}.png`), Buffer.from(await this.driver.screenshot(), 'base64'))
  }
}

/** Runs in the page: address, what is in its fields, and its words, for whoever wonders why something did not come. */
function seen() {
  const fields = [...document.querySelectorAll('input, textarea')].map((f) => `${f.name || f.type}=${f.value}`)
  return `${location.href}\n${fields.join(', ')}\n${document.body?.innerText.slice(0, 600)}`
}

/** Runs in the page. */
function seek({ selector, role, name, like }) {
  const roles = {
    button: 'button, [role=button]', link: 'a[href]', tab: '[role=tab]', heading: 'h1, h2, h3', dialog: 'dialog[open]', radio: 'input[type=radio]',
    textbox: 'textarea, input:not([type=radio], [type=checkbox])',
  }
  const words = (nodes) => [...nodes].map((n) => n?.textContent ?? '').join(' ').replace(/\s+/g, ' ').trim()
  const nameOf = (e) => {
    const by = e.getAttribute('aria-labelledby')
    if (by) return words(by.split(' ').map((id) => document.getElementById(id)))
    return e.getAttribute('aria-label') ?? (e.labels?.length ? words(e.labels) : words([e]))
  }
  const fits = (e) => (like ? new RegExp(like.source, like.flags).test(nameOf(e)) : name === undefined || nameOf(e) === name)
  for (const element of document.querySelectorAll(selector ?? roles[role])) {
    if (!fits(element)) continue
    const shown = element.matches('input[type=radio]') ? element.closest('label') ?? element : element
    if (!shown.getClientRects().length) continue
    shown.scrollIntoView({ block: 'nearest' })
    const { left, top, width, height } = shown.getBoundingClientRect()
    const [x, y] = [Math.round(left + width / 2), Math.round(top + height / 2)]
    const there = document.elementFromPoint(x, y)
    if (there && (shown.contains(there) || there.contains(shown))) return { x, y, width, height, text: shown.textContent, value: element.value }
  }
  return null
}
