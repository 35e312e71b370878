/**
 * `--init`: PID 1 of the container as a launch program in a sealed memfd, 12 kB when it runs. It starts the container's command,
 * forwards every signal to it, reaps orphans, and exits with the command's code (128 + signal when it was killed).
 */
import { flags, linux } from '../../linux/constants.ts'
import { Cell, int32, Label, Program, stringArray } from '../../linux/program.ts'

export interface InitOptions {
  /** The files to try, in order, as execvp does. */
  readonly candidates: readonly string[]
  readonly args: readonly string[]
  readonly env: readonly string[]
}

/** Where the init program finds the pipe on which it reports that no candidate could be executed (8 bytes of errno each). */
export const INIT_REPORT_FD = 3

const SI_CODE = 8
const SI_PID = 16
const SI_STATUS = 24
const CLD_EXITED = 1
const allSignals = new Cell(new Uint8Array(8).fill(0xff))
const noSignals = new Cell(8)
const zero = int32(0)

/** The program. All signals must be blocked when it starts: blocked signals reach PID 1 even where their default is to be ignored. */
export function initProgram(options: InitOptions): Program {
  const program = new Program()
  const child = new Label('child')
  const reap = new Label('reap')
  const wait = new Label('wait')
  const failed = new Label('no process')
  const pid = new Cell()
  program.call('prctl', [flags('PR_SET_NAME'), 'pocker-init'])
  program.call('fcntl', [INIT_REPORT_FD, flags('F_SETFD'), flags('FD_CLOEXEC')])
  // clone, not clone3: the default seccomp profile answers clone3 with ENOSYS.
  program.call('clone', [linux.CLONE_VM | linux.CLONE_VFORK | linux.SIGCHLD, 0, 0, 0, 0], { result: pid, onZero: child, onError: failed })
  program.call('close', [INIT_REPORT_FD])
  serve(program, { pid, reap, wait })
  program.label(child)
  startCommand(program, options)
  program.label(failed)
  program.call('write', [INIT_REPORT_FD, pid, 8])
  program.call('exit_group', [127])
  return program
}

function serve(program: Program, at: { pid: Cell; reap: Label; wait: Label }): void {
  const info = new Cell(128)
  const signal = new Cell()
  const done = new Label('done')
  const exited = new Label('exited')
  const exit = new Label('exit')
  const code = new Cell()
  program.label(at.reap)
  program.call('waitid', [flags('P_ALL'), 0, info, flags('WEXITED', 'WNOHANG'), 0], { onError: at.wait })
  program.whenEqual(info.at(SI_PID), zero, at.wait)
  program.whenEqual(info.at(SI_PID), at.pid, done)
  program.jump(at.reap)
  program.label(at.wait)
  program.call('rt_sigtimedwait', [allSignals, 0, 0, 8], { result: signal, onError: at.wait })
  program.whenEqual(signal, int32(linux.SIGCHLD), at.reap)
  program.call('kill', [at.pid.value, signal.value])
  program.jump(at.wait)
  program.label(done)
  program.whenEqual(info.at(SI_CODE), int32(CLD_EXITED), exited)
  program.subtract(info.at(SI_STATUS), int32(-128), code)
  program.jump(exit)
  program.label(exited)
  program.copy(info.at(SI_STATUS), code)
  program.label(exit)
  program.call('exit_group', [code.value])
}

function startCommand(program: Program, options: InitOptions): void {
  const own = new Cell()
  // A process group of its own in the foreground of the terminal, if there is one: SIGTTOU is still blocked here.
  program.call('setpgid', [0, 0])
  program.call('getpid', [], { result: own })
  program.call('ioctl', [0, flags('TIOCSPGRP'), own])
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), noSignals, 0, 8])
  const argv = stringArray(options.args)
  const envp = stringArray(options.env)
  const errors = new Cell(8 * options.candidates.length)
  options.candidates.forEach((candidate, index) => {
    program.call('execve', [candidate, argv, envp], { result: errors.at(8 * index), onError: 'continue' })
  })
  program.call('write', [INIT_REPORT_FD, errors, errors.size])
  program.call('exit_group', [127])
}
