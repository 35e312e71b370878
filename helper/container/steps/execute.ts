import { flags } from '../../linux/constants.ts'
import { Cell, stringArray, type Word } from '../../linux/program.ts'
import { INIT_REPORT_FD } from '../launch/init.ts'
import { descriptor, type Plan } from '../launch/plan.ts'
import { STARTER } from '../launch/starter.ts'
import type { Process } from '../oci.ts'

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The files that a program name may mean, in order, as execvp looks for them. */
export function programCandidates(process: Process): string[] {
  const [program = ''] = process.args
  if (program.includes('/')) return [program]
  const path = process.env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH
  return path.split(':').map((folder) => (folder === '' ? `./${program}` : `${folder}/${program}`))
}

/** Leaves nothing of the helper's behind: no descriptor (CVE-2024-21626) and no ignored signal. */
export function leaveNothing(plan: Plan): void {
  plan.step('leaveNothing')
  plan.call('close_range', [3, 0xffffffff, flags('CLOSE_RANGE_CLOEXEC')]) // closed by exec: until then some are still needed
  // CLONE_CLEAR_SIGHAND leaves ignored signals ignored, and Node ignores these two.
  const byDefault = new Cell(32)
  for (const signal of [flags('SIGPIPE'), flags('SIGXFSZ')]) plan.call('rt_sigaction', [signal, byDefault, 0, 8])
}

/** Becomes the container's program: one exec for each candidate, going on to the next one after an error. */
export function execute(plan: Plan, process: Process): Cell[] {
  plan.step('execute')
  plan.call('rt_sigprocmask', [flags('SIG_SETMASK'), new Cell(8), 0, 8])
  const argv = stringArray(process.args)
  const envp = stringArray(process.env)
  return programCandidates(process).map((candidate) => plan.call('execve', [candidate, argv, envp], { onError: 'continue' }))
}

/** Becomes the starter of an exec's process. Signals stay blocked until that has its own program. */
export function executeStarter(plan: Plan, starter: { program: number; pid: Cell; report: Cell; go: Cell | undefined }): void {
  plan.step('execute')
  // First above the places of all, or one might be overwritten before it was copied.
  const copyOf = (fd: Word) => plan.call('fcntl', [fd, flags('F_DUPFD_CLOEXEC'), STARTER.count], { result: descriptor('copy') })
  const [program, pid, report] = [copyOf(starter.program), copyOf(starter.pid.value), copyOf(starter.report.value)]
  const go = starter.go === undefined ? undefined : copyOf(starter.go.value)
  plan.call('dup3', [pid.value, STARTER.pid, 0])
  plan.call('dup3', [report.value, STARTER.report, 0])
  if (go !== undefined) plan.call('dup3', [go.value, STARTER.go, 0])
  plan.call('execveat', [program.value, '', stringArray(['pocker-exec']), new Cell(8), flags('AT_EMPTY_PATH')])
}

/** Becomes Pocker's init, which starts the program itself. Signals stay blocked: it takes them one by one. */
export function executeInit(plan: Plan, process: Process, init: { program: number; report: Cell }): Cell[] {
  plan.step('execute')
  plan.call('dup3', [init.report.value, INIT_REPORT_FD, 0])
  const argv = stringArray(['pocker-init', '--', ...process.args])
  const envp = stringArray(process.env)
  return [plan.call('execveat', [init.program, '', argv, envp, flags('AT_EMPTY_PATH')])]
}
