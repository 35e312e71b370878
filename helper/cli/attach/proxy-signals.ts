import type { Io } from '../io.ts'

/**
 * What a process can be told by a signal: not what the kernel keeps (KILL, STOP), what means this program (CHLD, PIPE, faults),
 * nor what would stop a background job that reads its terminal (TTIN, TTOU).
 */
const PROXIED = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGCONT',
  'SIGTSTP',
  'SIGPWR',
] as const satisfies readonly NodeJS.Signals[]

/**
 * Hands the signals this program receives to `send`, in order, from when `ready` resolves; those that come before wait for it.
 * The returned function ends it. What `send` fails with is passed over: the process may just have ended.
 */
export function proxySignals(io: Io, ready: Promise<unknown>, send: (signal: string) => Promise<unknown>): () => void {
  let last: Promise<unknown> = ready
  const listeners = PROXIED.map((signal) => {
    const listener = () => {
      last = last.then(() => send(signal)).catch(() => undefined)
    }
    io.signals.on(signal, listener)
    return () => io.signals.off(signal, listener)
  })
  return () => {
    for (const remove of listeners) remove()
  }
}
