import * as account from '../../core/account'
import { Api } from '../../core/api'

/**
 * Whether a password is right, asked of the server by signing in and out again beside the session of this page. No cookie
 * goes along or comes back, so the page's own session, its connections and those of other tabs stay as they are, and no
 * device is left behind in the list of devices. Throws what signing in throws; 'sign_in_failed' for a wrong password.
 */
export async function confirmPassword(handle: string, password: string): Promise<void> {
  let token = ''
  const apart = new Api({
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers)
      if (token) headers.set('Authorization', `Bearer ${token}`)
      const answer = await fetch(input, { ...init, headers, credentials: 'omit' })
      if (!token && answer.ok) token = ((await answer.clone().json()) as { token: string }).token
      return answer
    },
  })
  await account.signIn(apart, handle, password)
  await apart.signOut().catch(() => undefined) // it ends by itself later
}
