/** The engine of another machine, for a command. */
import type { Duplex } from 'node:stream'
import type { Remote } from '../../../ssh/remote.ts'
import { ownPayload } from './own-payload.ts'
import { terminalQuestions } from './terminal-questions.ts'

type Environment = Readonly<Record<string, string | undefined>>

const remotes = new Map<string, Promise<Remote>>()

/** A connection to the engine of `ssh://user@host`; all of one command share one SSH connection. Errors: those of `Remote.openEngine`. */
export async function openRemote(address: string, env: Environment): Promise<Duplex> {
  return await (await remoteOf(address, env)).openEngine(await asking())
}

/** The machine itself. Errors: `bad-ssh-address`. */
export function remoteOf(address: string, env: Environment): Promise<Remote> {
  const known = remotes.get(address) ?? makeRemote(address, env)
  remotes.set(address, known)
  return known
}

/** Questions go to the terminal, where there is one. */
export async function asking() {
  return { questions: terminalQuestions() }
}

async function makeRemote(address: string, env: Environment): Promise<Remote> {
  const [{ openRemoteAt }, { homedir }] = await Promise.all([import('../../../ssh/remote.ts'), import('node:os')])
  return openRemoteAt(address, {
    home: homedir(),
    env,
    payload: ownPayload,
    ...(env.POCKER_RUN_ROOT ? { runRoot: env.POCKER_RUN_ROOT } : {}),
    ...(env.POCKER_DATA_ROOT ? { dataRoot: env.POCKER_DATA_ROOT } : {}),
  })
}
