const PATIENCE_MS = 15_000
const MAX_PATIENCE_MS = 5 * 60_000

/**
 * Finds out whether a stream that looks alive tells everything. The server says regularly how far the whole deployment is.
 * What is beyond our last change is mostly other people's, or else the stream has left something out: asking tells the two
 * apart. The pauses between questions that find nothing double.
 */
export class Hearing {
  #known = 0 // the newest version that the stream has brought
  #doubt = 0 // a head beyond it; 0 for none
  #since = 0 // when the doubt came up
  #settled = 0 // heads up to here held nothing for us
  #patienceMs = PATIENCE_MS

  /** The stream has brought a change. */
  brought(version: number): void {
    this.#known = Math.max(this.#known, version)
    if (this.#known >= this.#doubt) this.#doubt = 0
  }

  /** The newest change of the deployment is this one, anybody's. */
  head(version: number, now: number): void {
    if (this.#doubt || version <= this.#known || version <= this.#settled) return
    this.#doubt = version
    this.#since = now
  }

  /** Whether it is time to ask. */
  due(now: number): boolean {
    return this.#doubt > 0 && now - this.#since >= this.#patienceMs
  }

  /** `first` is the first version that the stream had not brought, if any; true says that it should have, long ago. */
  asked(first: number | undefined): boolean {
    const deaf = first !== undefined && first <= this.#doubt
    this.#settled = Math.max(this.#settled, this.#doubt)
    this.#doubt = 0
    this.#patienceMs = Math.min(MAX_PATIENCE_MS, this.#patienceMs * 2)
    return deaf
  }
}
