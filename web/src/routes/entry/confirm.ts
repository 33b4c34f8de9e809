import * as account from '../../core/account'
import { Api } from '../../core/api'

/**
 * Whether a password is right, asked of the server by signing in once more beside the session of this page (`own`). No
 * cookie goes along or comes back, so the page's session, its connections and those of other tabs stay as they are. Throws
 * what signing in throws; 'sign_in_failed' for a wrong password.
 */
export async function confirmPassword(own: Api, handle: string, password: string): Promise<void> {
  let token = ''
  const beside = new Api({
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers)
      if (token) headers.set('Authorization', `Bearer ${token}`)
      const answer = await fetch(input, { ...init, headers, credentials: 'omit' })
      if (!token && answer.ok) token = ((await answer.clone().json()) as { token: string }).token
      return answer
    },
  })
  await account.signIn(beside, handle, password)
  await forget(own, beside).catch(() => undefined) // a session more in the list of devices does no harm
}

// The second session is ended by the first one: whoever ends their own has the browser clear what pages keep.
async function forget(own: Api, beside: Api): Promise<void> {
  const extra = (await account.sessions(beside)).find((session) => session.current)
  if (extra) await account.endSession(own, extra.id)
}
