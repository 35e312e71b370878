/** Waiting for a process to become its program. */
import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Process } from '../../container/oci.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { signalProcess } from '../../linux/process.ts'
import { explainExecution } from '../containers/launch-failure.ts'

/** More than PATH has folders. */
const MAX_REPORT = 1 << 16

/**
 * Waits until the command has been executed, or there is a report of why it cannot. Takes over `report`, the read end of a pipe whose
 * other end may be in the hands of the container by now. With `stoppable`, its process descriptor, it is pushed on: others in its pid
 * namespace can stop it. Errors: PockerError.
 */
export function confirmExecution(report: number, process: Process, stoppable?: number): Promise<void> {
  if (hasEnded(report)) {
    closeSync(report)
    return Promise.resolve()
  }
  const letBe = stoppable === undefined ? () => undefined : pushOn(stoppable)
  return new Promise((resolve, reject) => {
    // No thread of the pool: whoever holds the process up in this moment would hold that up, too.
    const pipe = new Socket({ fd: report, readable: true, writable: false })
    const pieces: Buffer[] = []
    let length = 0
    pipe.on('data', (piece: Buffer) => {
      pieces.push(piece)
      length += piece.length
      if (length > MAX_REPORT) pipe.destroy()
    })
    pipe.on('error', () => pipe.destroy())
    pipe.on('close', () => {
      letBe()
      if (length === 0) resolve()
      else reject(explainExecution(process, readErrors(Buffer.concat(pieces))))
    })
  })
}

/** Whether the pipe's other end has been closed with nothing written. */
function hasEnded(pipe: number): boolean {
  const polled = new Int32Array([pipe, linux.POLLIN])
  tryCall('ppoll', [new Uint8Array(polled.buffer), 1, new Uint8Array(16), 0, 8])
  // struct pollfd: what was found stands in its last two bytes. Words that can be read are POLLIN.
  return (polled[1] ?? 0) >>> 16 === linux.POLLHUP
}

/** Milliseconds, and how often, until it is ended: a process that others stop (SIGSTOP cannot be blocked) is told to go on. */
const STUCK_AFTER = 100
const ATTEMPTS = 20

function pushOn(process: number): () => void {
  let attempts = 0
  const timer = setInterval(() => {
    attempts++
    const isThere = signalProcess(process, attempts < ATTEMPTS ? linux.SIGCONT : linux.SIGKILL)
    if (!isThere) clearInterval(timer)
  }, STUCK_AFTER)
  timer.unref()
  return () => clearInterval(timer)
}

function readErrors(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => -Number(bytes.readBigInt64LE(8 * index)))
}
