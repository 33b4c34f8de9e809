import { ApiError, type Api } from './api'

/** What is told to whoever asks in the name of somebody who is gone. */
export function signedOut(): ApiError {
  return new ApiError(401, 'unauthenticated', 'This person is signed out.')
}

/**
 * The Api for one person's stay on this page. Once they are gone it asks nothing more, and answers that were on their way are
 * refused as well: whoever waited for one gets an error and never somebody else's data.
 */
export function fenced(api: Api, gone: () => boolean): Api {
  return new Proxy(api, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        if (gone()) return Promise.reject(signedOut())
        const answer: unknown = Reflect.apply(value, target, args)
        if (!(answer instanceof Promise)) return answer
        return answer.then((a: unknown) => {
          if (gone()) throw signedOut()
          return a
        })
      }
    },
  })
}
