/** Where the engine of this machine listens. */

/** Root's own, as the helper takes it when it is told of no other. */
const USUAL_SOCKET = '/run/pocker/pocker.sock'

/** The socket's path: of `POCKER_HOST` (`unix:///path`) in the environment of the editor's own process, else the usual one. */
export function localSocket(environment: Readonly<Record<string, string | undefined>>): string {
  const path = /^unix:\/\/(\/[^\0]+)$/.exec(environment.POCKER_HOST ?? '')?.[1]
  return path ?? USUAL_SOCKET
}
