#!/usr/bin/env node
import { flushed, type Io, type OutputStream } from './io.ts'
import { runProgram } from './program.ts'

// Who reads our output may stop reading (`pocker logs x | head`): then there is nothing left to do, as for a program that SIGPIPE ends.
const BROKEN_PIPE = 128 + 13

const used = new Set<OutputStream>()

/** A standard stream, made when it is first wanted: each costs about a millisecond of the start. */
function opened<T extends OutputStream>(stream: T): T {
  if (used.has(stream)) return stream
  used.add(stream)
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? BROKEN_PIPE : 1))
  return stream
}

const io: Io = {
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return opened(process.stdout)
  },
  get stderr() {
    return opened(process.stderr)
  },
  env: process.env,
  get cwd() {
    return process.cwd()
  },
  signals: process,
  now: Date.now,
}

process.exitCode = await runProgram(process.argv.slice(2), io)

// Input that nobody reads any more, or an idle connection, must not keep the program; unwritten output must.
await Promise.all([...used].map(flushed))
process.exit()
