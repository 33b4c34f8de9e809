// What <kinward-chat> in another site's page and Kinward's page in its frame say to each other, by postMessage. Each message is an
// object that bears the version; both sides know the other by its window and its exact origin.

/** Of this conversation: sides of different versions do not understand each other. */
export const VERSION = 1

/** What the site's page says. */
export type Told =
  | { is: 'start' } & Shown
  | { is: 'token'; token: string } // a fresh one
  | { is: 'show'; patient: string }
  | { is: 'look' } & Look

interface Shown extends Look {
  token: string
  /** By a number of the hospital's, or by the id in Kinward. */
  patient?: string | undefined
}

interface Look {
  lang?: string | undefined
  theme?: string | undefined
}

/** What the frame says. */
export type Said =
  | { is: 'hello' } // it listens; the only one that goes to whatever page is around it
  | { is: 'ready' }
  | { is: 'unread'; count: number }
  | { is: 'open'; patient?: string; conversation?: string } // what is looked at now; neither for a list
  | { is: 'renew' } // it needs a fresh token
  | { is: 'over' } // nobody is signed in any more
  | { is: 'error'; code: string; detail: string }

export type Worded<T> = T & { kinward: typeof VERSION }
