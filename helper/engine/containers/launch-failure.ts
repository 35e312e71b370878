/** A launch that failed, in words that a user can act on. */
import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import type { LaunchError, Outcome } from '../../container/launch/launch.ts'
import type { Process } from '../../container/oci.ts'
import { errnoName } from '../../linux/errno.ts'
import type { Cell } from '../../linux/program.ts'

const { EACCES, EAGAIN, EINVAL, EISDIR, ELOOP, ENOENT, ENOEXEC, ENOMEM, ENOSPC, ENOTDIR, EPERM } = constants.errno

/** The error of a plan that did not come to its exec, or whose every exec failed. */
export function explainFailure(process: Process, failed: { outcome: Outcome; executions: readonly Cell[] }): PockerError {
  const { failure } = failed.outcome
  return failure === undefined
    ? explainExecution(
        process,
        failed.executions.map((cell) => -failed.outcome.read(cell)),
      )
    : explainStep(process, failure)
}

/** What became of a process that has ended before it could say anything. */
export function killedWhileStarting(process: Process): PockerError {
  const [program = ''] = process.args
  return new PockerError('Internal', `start "${program}": it was killed while it started`, { code: 'killed-while-starting' })
}

/** `errors`: the errno of each file that was tried. As execvp, "not allowed" says more than "not there". */
export function explainExecution(process: Process, errors: readonly number[]): PockerError {
  const [program = ''] = process.args
  const telling = errors.find((errno) => errno > 0 && errno !== ENOENT && errno !== ENOTDIR && errno !== EACCES)
  if (telling === ENOMEM) return tooSmall()
  if (telling === EAGAIN) {
    return new PockerError('InvalidParameter', `start "${program}": its limit of processes is too small`, {
      code: 'process-limit-too-small',
    })
  }
  if (telling !== undefined && telling !== ENOEXEC) {
    return new PockerError('InvalidParameter', `start "${program}": ${errnoName(telling)}`, { code: 'command-failed-to-start' })
  }
  if (telling === ENOEXEC) {
    return new PockerError('InvalidParameter', `exec "${program}": exec format error`, {
      code: 'command-not-executable',
      hint: 'it is a program for another processor, or a script without a first line that names its interpreter',
    })
  }
  if (errors.includes(EACCES)) {
    return new PockerError('InvalidParameter', `exec "${program}": permission denied`, { code: 'command-not-executable' })
  }
  const where = program.includes('/') ? 'no such file or directory' : 'executable file not found in $PATH'
  return new PockerError('InvalidParameter', `exec "${program}": ${where}`, { code: 'command-not-found' })
}

function tooSmall(): PockerError {
  return new PockerError('InvalidParameter', 'start container: its memory limit is too small for it to start', {
    code: 'memory-limit-too-small',
  })
}

function explainStep(process: Process, failure: LaunchError): PockerError {
  const { errno } = failure.cause
  const options = { cause: failure }
  if (failure.step === 'changeDirectory') {
    const reason = errno === ELOOP ? 'it leads out of the container' : errno === ENOTDIR ? 'it is not a folder' : errnoName(errno)
    return new PockerError('InvalidParameter', `change to working folder "${process.cwd}": ${reason}`, {
      code: 'bad-working-folder',
      ...options,
    })
  }
  if (failure.step === 'createWorkingFolder') {
    return new PockerError('InvalidParameter', `make working folder "${process.cwd}": ${errnoName(errno)}`, {
      code: 'bad-working-folder',
      ...options,
    })
  }
  const mount = explainMount(failure)
  if (mount !== undefined) return mount
  if (errno === ENOSPC) {
    return new PockerError('Unavailable', `start container: no space left (${failure.message})`, { code: 'no-space', ...options })
  }
  if (errno === ENOMEM) return tooSmall()
  if ((errno === ELOOP || errno === ENOTDIR || errno === EISDIR) && /^create((Proc|Sys|Dev)Folder|Toolbox)$/.test(failure.step)) {
    const message = `start container: ${failure.cause.operand.split(', ')[1] ?? 'a mount point'} must be an ordinary folder in the image`
    return new PockerError('InvalidParameter', message, { code: 'hostile-root', ...options })
  }
  if (errno === EPERM || errno === EACCES) {
    return new PockerError('Forbidden', `start container: ${failure.message}`, {
      code: 'step-not-permitted',
      hint: 'the kernel refused this step to the helper',
      ...options,
    })
  }
  return new PockerError('Internal', `start container: ${failure.message}`, { code: 'start-failed', ...options })
}

/** Sources and targets are looked at when the container is made; both may be something else by its start. */
function explainMount(failure: LaunchError): PockerError | undefined {
  const { errno, call, operand } = failure.cause
  const path = /"([^"]+)"/.exec(operand)?.[1] ?? /<([^>]*)>$/.exec(operand)?.[1] ?? operand
  if (call === 'open_tree' && errno === ENOENT) {
    return new PockerError('InvalidParameter', `mount "${path}": bind source path does not exist`, {
      code: 'bind-source-missing',
      cause: failure,
    })
  }
  if (call === 'openat2' && failure.step === 'createMountNamespace') {
    const why = errno === ENOENT || errno === ENOTDIR ? 'there is nothing' : errnoName(errno)
    return new PockerError('InvalidParameter', `mount a part of a volume: at "${path}" in it: ${why}`, {
      code: 'volume-subpath-missing',
      hint: 'make the folder in the volume first',
      cause: failure,
    })
  }
  if (failure.step === 'swapOwners') {
    return new PockerError(
      'InvalidParameter',
      `mount with idmap: the file system of the folder cannot show other owners (${errnoName(errno)})`,
      {
        code: 'idmap-not-available',
        hint: 'leave out idmap, or run the container as the user who owns the folder',
        cause: failure,
      },
    )
  }
  const mismatch = errno === ENOTDIR || errno === EISDIR || (call === 'move_mount' && errno === EINVAL)
  if (failure.step !== 'mountVolumes' || !mismatch) return undefined
  const message = `mount on "${path}": a folder can only be mounted on a folder, and a file on a file`
  return new PockerError('InvalidParameter', message, { code: 'bad-mount-path', cause: failure })
}
