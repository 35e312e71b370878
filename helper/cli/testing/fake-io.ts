import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import type { Io } from '../io.ts'
import { runProgram } from '../program.ts'

export interface FakeIo extends Io {
  readonly stdin: PassThrough & { isTTY?: boolean; setRawMode?(on: boolean): unknown }
  readonly signals: EventEmitter
  /** What was written so far. */
  readonly written: { stdout: string; stderr: string }
  /** Resolves when stdout has the text. */
  shown(text: string): Promise<void>
  /** Raw mode switched on and off, in order. */
  readonly rawModes: boolean[]
}

export interface FakeIoOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly terminal?: { readonly rows: number; readonly columns: number }
  readonly cwd?: string
}

export const NOW = Date.UTC(2026, 0, 1)

/** Surroundings of a command: streams in memory, no environment, a clock that stands still. */
export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const written = { stdout: '', stderr: '' }
  const changes = new EventEmitter()
  const rawModes: boolean[] = []
  const terminal = options.terminal === undefined ? {} : { isTTY: true, ...options.terminal }
  const output = (name: 'stdout' | 'stderr') =>
    new Writable({
      write: (chunk: unknown, _, done) => {
        written[name] += String(chunk)
        changes.emit('change')
        done()
      },
    })
  const stdin =
    options.terminal === undefined
      ? new PassThrough()
      : Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => rawModes.push(on) })
  return {
    stdin,
    stdout: Object.assign(output('stdout'), terminal),
    stderr: output('stderr'),
    // Never the configuration of whoever runs the tests.
    env: { DOCKER_CONFIG: '/proc/nowhere', ...options.env },
    cwd: options.cwd ?? '/home/me',
    signals: new EventEmitter(),
    now: () => NOW,
    written,
    rawModes,
    shown: async (text) => {
      while (!written.stdout.includes(text)) await new Promise((resolve) => changes.once('change', resolve))
    },
  }
}

/** Runs a command line to its end. */
export async function runCommand(
  args: readonly string[],
  io: FakeIo = fakeIo(),
): Promise<{ code: number; stdout: string; stderr: string }> {
  const code = await runProgram(args, io)
  return { code, ...io.written }
}
