#!/usr/bin/env node
import { runProgram } from './program.ts'

// Who reads our output may stop reading (`pocker logs x | head`): then there is nothing left to do, as for a program that SIGPIPE ends.
const BROKEN_PIPE = 128 + 13
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? BROKEN_PIPE : 1))
}

const exitCode = await runProgram(process.argv.slice(2), {
  get stdin() {
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signals: process,
  now: Date.now,
})

// Input that nobody reads any more, or an idle connection, must not keep the program; unwritten output must.
process.exitCode = exitCode
if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit()
process.stdout.once('drain', () => process.exit())
process.stderr.once('drain', () => process.exit())
