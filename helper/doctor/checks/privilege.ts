import { type Check, type DoctorHost, ok, type Verdict } from '../check.ts'
import { mountOf } from '../mount-of.ts'

const FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/run/wrappers/bin'] as const

/** How the user who asks can become root, which starting the helper takes. */
export const privilegeChecks: readonly Check[] = [{ id: 'privilege', title: 'becoming root', look: lookForWays }]

function lookForWays(host: DoctorHost): Verdict {
  if (host.uid === 0) return ok('You are root.')
  const start = `Log in as root, and run pocker grant ${host.uid} there.`
  if (/^NoNewPrivs:\s*1$/m.test(host.read('/proc/self/status') ?? '')) {
    return {
      state: 'missing',
      detail: 'This session may not gain rights (no_new_privs), so that sudo and pkexec cannot work in it.',
      remedy: `Run sudo pocker grant ${host.uid} in another session, or start the editor without that restriction.`,
    }
  }
  const found = ['sudo', 'pkexec', 'doas'].flatMap((name) => locate(host, name))
  if (found.length === 0) return { state: 'missing', detail: 'There is neither sudo nor pkexec nor doas.', remedy: start }
  const usable = found.filter(({ folder }) => mountOf(host.read('/proc/self/mountinfo') ?? '', folder)?.options.includes('nosuid') !== true)
  const [first] = usable
  if (first === undefined) {
    return { state: 'missing', detail: `${found[0]?.name} is on a filesystem mounted nosuid and has no effect.`, remedy: start }
  }
  const dialog = usable.some(({ name }) => name === 'pkexec') && isGraphical(host.env)
  return {
    state: 'ok',
    detail: `by ${usable.map(({ name }) => name).join(', ')}${dialog ? ', which can ask in a window of the desktop' : ''}`,
  }
}

function locate(host: DoctorHost, name: string): { name: string; folder: string }[] {
  const folder = FOLDERS.find((candidate) => host.exists(`${candidate}/${name}`))
  return folder === undefined ? [] : [{ name, folder }]
}

function isGraphical(env: DoctorHost['env']): boolean {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY) && !env.SSH_CONNECTION
}
