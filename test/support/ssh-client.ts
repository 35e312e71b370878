/** A user's home with an SSH configuration, and the answers the user gives. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Payload } from '../../ssh/delivery/payload.ts'
import type { Questions } from '../../ssh/questions.ts'
import { openRemoteAt, type Remote, type RemoteOptions } from '../../ssh/remote.ts'
import type { SshMachine } from './ssh-machine.ts'

export interface Answers {
  readonly password?: string
  readonly passphrase?: string
  readonly sudo?: string
  /** Whether unknown keys are accepted; yes when left out. */
  readonly accept?: boolean
  readonly prompts?: (prompts: readonly string[]) => readonly string[]
}

export interface ScriptedQuestions extends Questions {
  /** What was asked, in order. */
  readonly asked: string[]
}

/** Answers questions from a script; what it has no answer for is dismissed. */
export function scriptedQuestions(answers: Answers): ScriptedQuestions {
  const asked: string[] = []
  return {
    asked,
    acceptKey: async ({ name, fingerprint }) => {
      asked.push(`key ${name} ${fingerprint}`)
      return answers.accept ?? true
    },
    secret: async ({ kind, of, attempt }) => {
      asked.push(`${kind} ${of} ${attempt}`)
      return answers[kind]
    },
    prompts: async ({ prompts }) => {
      asked.push(`prompts ${prompts.map(({ prompt }) => prompt).join('|')}`)
      return answers.prompts?.(prompts.map(({ prompt }) => prompt))
    },
  }
}

/** Writes `~/.ssh/config` in the machine's client folder; the home's path. `box` is the machine. */
export function writeSshConfig(
  { folder, key, link, hostKey }: SshMachine,
  options: { user: string; lines?: string; known?: boolean },
): string {
  const home = join(folder, `home-${options.user}`)
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  const lines = `Host box\n  HostName 127.0.0.1\n  Port ${link.port}\n  User ${options.user}\n  IdentityFile ${key}\n  IdentityAgent none\n${options.lines ?? ''}\n`
  writeFileSync(join(home, '.ssh/config'), lines, { mode: 0o600 })
  writeFileSync(join(home, '.ssh/known_hosts'), options.known === false ? '' : `[127.0.0.1]:${link.port} ${hostKey}\n`)
  return home
}

/** The machine `box` of that home. */
export function remoteOf(home: string, options: Partial<RemoteOptions> = {}): Remote {
  return openRemoteAt('box', { home, env: {}, payload: builtPayload, ...options })
}

/** The program as it was built here. */
export function builtPayload(architecture: string): Payload | undefined {
  if (architecture !== process.arch) return undefined
  const source = join(import.meta.dirname, '../../dist/helper', `linux-${architecture}`)
  const { files, version }: { files: Record<string, string>; version: string } = JSON.parse(
    readFileSync(join(source, 'manifest.json'), 'utf8'),
  )
  return { source, files, version }
}
