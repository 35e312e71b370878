import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { UNIT_FILE, unitProgram } from './unit.ts'

/** systemd, as the service's commands see it. */
export interface Systemd {
  /** Runs `systemctl` with these words. Errors: those of starting it. */
  readonly control: (words: readonly string[]) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>
  readonly runs: () => boolean
  readonly readUnit: () => string | undefined
  readonly writeUnit: (text: string) => void
  readonly removeUnit: () => void
}

/** This machine's. */
export const systemd: Systemd = {
  control: async (words) => {
    const { spawn } = await import('node:child_process')
    const { promise, resolve, reject } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>()
    const child = spawn('systemctl', ['--no-pager', '--no-ask-password', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (piece: Buffer) => {
      said.stdout += piece.toString()
    })
    child.stderr.on('data', (piece: Buffer) => {
      said.stderr += piece.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, ...said }))
    return promise
  },
  runs: () => existsSync('/run/systemd/system'),
  readUnit: () => (existsSync(UNIT_FILE) ? readFileSync(UNIT_FILE, 'utf8') : undefined),
  writeUnit: (text) => {
    writeFileSync(`${UNIT_FILE}.new`, text, { mode: 0o644 })
    renameSync(`${UNIT_FILE}.new`, UNIT_FILE)
  },
  removeUnit: () => rmSync(UNIT_FILE, { force: true }),
}

/** Runs `systemctl`, which has to succeed. Errors: Unavailable `systemctl-failed` with its last words. */
export async function control(system: Systemd, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await system.control(words)
  if (code === 0) return stdout
  const said = stderr.trim().split('\n').at(-1)
  throw new PockerError('Unavailable', `run systemctl ${words.join(' ')}: ${said || `it ended with ${code}`}`, {
    code: 'systemctl-failed',
    hint: 'journalctl --unit pocker shows more',
  })
}

/** Errors: NotImplemented `no-systemd` where this machine has none. */
export function requireSystemd(system: Systemd, program: string): void {
  if (system.runs()) return
  throw new PockerError('NotImplemented', 'use the service: this machine does not run systemd', {
    code: 'no-systemd',
    hint: `have your init run: ${program}/pocker helper --idle-timeout 0`,
  })
}

/** The folder of the program that the service installed for this run root runs; undefined when there is none. */
export function installedProgram(system: Systemd, runRoot: string): string | undefined {
  if (!system.runs()) return undefined
  const unit = system.readUnit()
  return unit === undefined ? undefined : unitProgram(unit, runRoot)
}
