import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runChecked } from '../../test/support/run.ts'

export interface Stopwatch extends Disposable {
  /** Starts the command `count` times at once and resolves to the milliseconds until the last has ended. Errors: one that failed. */
  time(count: number): Promise<number>
}

export interface StopwatchOptions {
  /** Hides the cgroup version 2 mount of a hybrid host, which crun refuses to run beside. */
  readonly withoutUnifiedCgroup?: boolean
  readonly env?: NodeJS.ProcessEnv
}

/** Compiles stopwatch.c into `folder`; the path of the program. */
export async function buildStopwatch(folder: string): Promise<string> {
  const path = join(folder, 'stopwatch')
  await runChecked('gcc', ['-O2', '-o', path, join(import.meta.dirname, 'stopwatch.c')])
  return path
}

/** A process that times whole runs of `command`, of which `@` stands for a number that no run at the same time has. */
export function startStopwatch(program: string, command: readonly string[], options: StopwatchOptions = {}): Stopwatch {
  const flags = options.withoutUnifiedCgroup === true ? ['-c'] : []
  const child = spawn(program, [...flags, ...command], { stdio: ['pipe', 'pipe', 'inherit'], env: options.env ?? process.env })
  const lines = createInterface(child.stdout)
  return {
    async time(count) {
      const answer = once(lines, 'line')
      child.stdin.write(`${count}\n`)
      const [line]: string[] = await answer
      const [nanoseconds, failures] = (line ?? '').split(' ').map(Number)
      if (failures !== 0 || nanoseconds === undefined) throw new Error(`run ${command.join(' ')}: ${failures} of ${count} failed`)
      return nanoseconds / 1e6
    },
    [Symbol.dispose]() {
      child.stdin.end()
    },
  }
}
