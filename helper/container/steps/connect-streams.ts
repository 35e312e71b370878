import { flags } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Process } from '../oci.ts'
import { createConsole, leadSession, openTerminal } from './open-terminal.ts'
import type { Files, Pipe } from './prepare.ts'

/** Puts the container's streams on 0, 1 and 2: its terminal, or its pipes. */
export function connectStreams(plan: Plan, process: Process, at: { root: Cell; files: Files }): void {
  const { root, files } = at
  if (files.terminal !== undefined) {
    const terminal = openTerminal(plan, process, { root, socket: files.terminal.write })
    leadSession(plan)
    createConsole(plan, root, terminal)
    return
  }
  plan.step('connectStreams')
  plan.call('setsid', [])
  connect(plan, process, { 0: files.input, 1: files.output, 2: files.errors })
  if (files.input === undefined) connectNothing(plan, root)
}

/**
 * Puts the container's own /dev/null on 0: its root may change mode and owner of what it holds open. In a running container,
 * or in a volume mounted on /dev, anything may lie there instead, and opening a FIFO would block whoever waits for this process.
 */
export function connectNothing(plan: Plan, root: Cell): void {
  const nothing = plan.openBeneath(root, 'dev/null', flags('O_RDONLY', 'O_NONBLOCK', 'O_NOCTTY', 'O_CLOEXEC'), { ordinary: true })
  plan.call('fcntl', [nothing.value, flags('F_SETFL'), 0])
  plan.call('dup3', [nothing.value, 0, 0])
}

/** Puts pipes on 0, 1 and 2; the container's user owns them, so that it can open /dev/stdout. */
export function connect(plan: Plan, process: Process, pipes: { 0: Pipe | undefined; 1: Pipe | undefined; 2: Pipe | undefined }): void {
  for (const fd of [0, 1, 2] as const) {
    const pipe = pipes[fd]
    if (pipe === undefined) continue
    plan.call('dup3', [(fd === 0 ? pipe.read : pipe.write).value, fd, 0])
    plan.call('fchown', [fd, process.user.uid, -1])
  }
}
