/**
 * The keeper: each container's parent, a launch program of its own in a 12 kB process. It writes the output to the log, waits for
 * the exit and writes the exit record, whether or not a helper is there. The launch program (`launch.ts`) starts it with the
 * descriptors below and all signals blocked.
 */
import { constants } from 'node:os'
import { flags } from '../../linux/constants.ts'
import { SCRATCH_ADDRESS } from '../../linux/elf.ts'
import { Cell, int32, Label, Program, struct } from '../../linux/program.ts'
import { LogRotation } from './log-rotation.ts'

/** The keeper's descriptors. A new helper takes what it needs of them by pidfd_getfd. */
export const KEEPER = {
  status: 3,
  container: 4,
  log: 5,
  /** The read end of stdout, or the terminal's master. */
  output: 6,
  errors: 7,
  input: 8,
  exitWrite: 9,
  exitRead: 10,
  /** Readable when the helper sent SIGUSR1: close the container's input. */
  signal: 11,
  count: 12,
} as const

/** The exit record: siginfo of waitid, then the moment of the exit. */
export const EXIT_RECORD = { size: 144, code: 8, status: 24, seconds: 128, nanoseconds: 136 } as const

export interface KeeperOptions {
  readonly terminal: boolean
  /** Bytes of log to keep at least; when as many again have come, the older half goes back to the filesystem. 0: no limit. */
  readonly logHalf: number
}

/** Memory at SCRATCH_ADDRESS that the keeper reads output into. */
export const KEEPER_SCRATCH = 65536

const LOG_MAGIC = 0x676f4c50
const POLL_QUIET = 1 // struct pollfd from its events on: POLLIN, and no revents
const POLL_CLOSED = 0xffff // after -1 was stored over the whole entry and poll cleared its revents
const quiet = int32(POLL_QUIET)
const closed = int32(POLL_CLOSED)

/** The keeper's program; the same for all containers with the same options. */
export function keeperProgram(options: KeeperOptions): Program {
  const program = new Program()
  const loop = new Label('loop')
  const outputs = options.terminal
    ? [{ fd: KEEPER.output, stream: 0 }]
    : [
        { fd: KEEPER.output, stream: 1 },
        { fd: KEEPER.errors, stream: 2 },
      ]
  const polled = pollEntries([...outputs.map((output) => output.fd), KEEPER.signal, KEEPER.container])
  const rotation = new LogRotation(KEEPER.log, options.logHalf)

  program.call('prctl', [flags('PR_SET_NAME'), 'pocker-keeper'])
  program.label(loop)
  rotation.rotateWhenDue(program)
  program.call('ppoll', [polled, outputs.length + 2, 0, 0, 8], { onError: loop })
  outputs.forEach((output, index) => {
    const next = new Label(`after stream ${output.stream}`)
    program.whenEqual(polled.at(8 * index + 4), quiet, next)
    program.whenEqual(polled.at(8 * index + 4), closed, next)
    copyToLog(program, { ...output, polled, at: 8 * index, loop, rotation })
    program.label(next)
  })
  const exit = new Label('exit')
  program.whenEqual(polled.at(8 * outputs.length + 4), quiet, exit)
  program.call('read', [KEEPER.signal, new Cell(128), 128])
  program.call('close', [KEEPER.input])
  program.jump(loop)
  program.label(exit)
  program.whenEqual(polled.at(8 * outputs.length + 12), quiet, loop)
  recordExit(program, { polled, outputs: outputs.length, loop })
  return program
}

/** Reads one chunk and appends it to the log behind its header, in one write so that readers never see a part. */
function copyToLog(
  program: Program,
  from: { fd: number; stream: number; polled: Cell; at: number; loop: Label; rotation: LogRotation },
): void {
  const ended = new Label(`end of stream ${from.stream}`)
  const failed = new Label(`no data of stream ${from.stream}`)
  const header = new Cell(32)
  const view = new DataView(header.bytes.buffer)
  view.setUint32(0, LOG_MAGIC, true)
  view.setUint32(4, from.stream, true)
  const parts = struct([header, 32, SCRATCH_ADDRESS, 0])
  program.call('read', [from.fd, SCRATCH_ADDRESS, KEEPER_SCRATCH], { result: header.at(8), onZero: ended, onError: failed })
  program.copy(header.at(8), parts.at(24))
  program.call('clock_gettime', [flags('CLOCK_REALTIME'), header.at(16)])
  program.call('writev', [KEEPER.log, parts, 2])
  from.rotation.count(program, header.at(8))
  program.jump(from.loop)
  program.label(failed)
  // The helper may have made a terminal's master non-blocking; EIO is its end.
  program.whenEqual(header.at(8), int32(-constants.errno.EAGAIN), from.loop)
  program.label(ended)
  program.copy(int32(-1), from.polled.at(from.at))
  program.jump(from.loop)
}

function recordExit(program: Program, at: { polled: Cell; outputs: number; loop: Label }): void {
  const drained = new Label('drained')
  const record = new Cell(EXIT_RECORD.size)
  // Poll looks at its entries one after the other: output may have come between looking at the pipes and at the exit.
  program.call('ppoll', [at.polled, at.outputs, struct([0, 0]), 0, 8], { onZero: drained })
  program.jump(at.loop)
  program.label(drained)
  program.call('waitid', [flags('P_PIDFD'), KEEPER.container, record, flags('WEXITED', '__WALL'), 0])
  program.call('clock_gettime', [flags('CLOCK_REALTIME'), record.at(EXIT_RECORD.seconds)])
  program.call('write', [KEEPER.status, record, EXIT_RECORD.size])
  program.call('write', [KEEPER.exitWrite, record, EXIT_RECORD.size])
  program.call('exit_group', [0])
}

function pollEntries(descriptors: readonly number[]): Cell {
  const bytes = new Uint8Array(8 * descriptors.length)
  const view = new DataView(bytes.buffer)
  descriptors.forEach((fd, index) => {
    view.setInt32(8 * index, fd, true)
    view.setInt32(8 * index + 4, POLL_QUIET, true)
  })
  return new Cell(bytes)
}
