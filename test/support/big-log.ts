import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { encodeFrame, MAX_DATA } from '../../helper/engine/log/frame.ts'
import type { TestHelper } from './helper.ts'

export interface BigLog {
  readonly lines: number
  readonly bytes: number
}

const LINE = 112

/** The text of one of its lines. */
export function bigLogLine(index: number): string {
  return `line ${String(index).padStart(8, '0')} of a big log, about as long as lines of logs are: GET /items/${index % 977} 200 in 12 ms`.padEnd(
    LINE,
    '.',
  )
}

/** Writes a log of so many bytes for a container that has not run: as its keeper would, at the speed of the disk. */
export function writeBigLog({ dataRoot }: TestHelper, containerId: string, bytes: number): BigLog {
  const perFrame = Math.floor(MAX_DATA / (LINE + 1))
  const file = openSync(join(dataRoot, 'containers', containerId, 'log'), 'w', 0o600)
  let written = 0
  let lines = 0
  // A thousand frames a second, until now.
  const frames = Math.ceil(bytes / (perFrame * (LINE + 1)))
  const begin = BigInt(Date.now() - frames) * 1_000_000n
  try {
    for (let frame = 0; frame < frames; frame++) {
      const text = Array.from({ length: perFrame }, (_, index) => `${bigLogLine(lines + index)}\n`).join('')
      lines += perFrame
      written += writeSync(file, encodeFrame({ stream: 1, data: Buffer.from(text), time: begin + BigInt(frame) * 1_000_000n }))
    }
  } finally {
    closeSync(file)
  }
  return { lines, bytes: written }
}
