/** What there is on the other side, by one script. */

import { PROGRAM_BASES } from '../../helper/api/bootstrap.ts'
import { PockerError } from '../../helper/api/errors.ts'
import type { SshConnection } from '../connection/ssh-connection.ts'
import { runScript } from './run-script.ts'

export interface Probe {
  readonly architecture: 'x64' | 'arm64'
  readonly uid: number
  readonly home: string
  /** Of this user's, where a helper may listen already. */
  readonly socket: string
  readonly hasSocket: boolean
  /** A folder of the program there, this version's if it is there. */
  readonly program: string | undefined
  readonly hasOwnProgram: boolean
  /** Programs that can make somebody root. */
  readonly ways: readonly ('sudo' | 'doas')[]
}

const SCRIPT = `
uid=$(id -u)
say "system $(uname -s)"
say "release $(uname -r)"
say "machine $(uname -m)"
say "uid $uid"
say "home \${HOME-}"
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=other
say "libc $libc"
if [ "$uid" = 0 ]; then socket=$run/pocker.sock; else socket=$run/$uid/pocker.sock; fi
if [ -S "$socket" ]; then say "socket yes"; fi
IFS=:
set +f
for base in $bases; do
  for program in "$base"/pocker/*/pocker; do
    if [ -x "$program" ]; then say "program \${program%/pocker}"; fi
  done
done
unset IFS
for way in sudo doas; do if command -v "$way" >/dev/null; then say "way $way"; fi; done
say end
`

/** What the helper runs on at least. */
const [LEAST_KERNEL, LEAST_LIBC] = [
  [5, 10],
  [2, 28],
] as const

export interface Probing {
  /** Where the helper has its sockets. */
  readonly runRoot: string
  /** The name of this version's folder, for each architecture that there is a program for. */
  readonly programs: Readonly<Partial<Record<Probe['architecture'], string>>>
}

/** Errors: those of `runScript`; NotImplemented `host-unsupported`, which says what is wrong. */
export async function probe(connection: SshConnection, { runRoot, programs }: Probing): Promise<Probe> {
  const answers = await runScript(connection, { text: SCRIPT, words: { run: runRoot, bases: PROGRAM_BASES.join(':') } })
  const facts = new Map<string, string>()
  const ways: Probe['ways'][number][] = []
  const folders: string[] = []
  for (const answer of answers) {
    const at = answer.indexOf(' ')
    const [name, value] = [answer.slice(0, at), answer.slice(at + 1)]
    if (name === 'way') {
      if (value === 'sudo' || value === 'doas') ways.push(value)
    } else if (name === 'program') {
      if (/^\/[\w./-]+\/pocker\/[0-9a-f]{64}$/.test(value)) folders.push(value)
    } else facts.set(name, value)
  }
  const one = (name: string) => facts.get(name)?.slice(0, 1000) ?? ''
  const uid = /^\d{1,10}$/.test(one('uid')) ? Number(one('uid')) : Number.NaN
  if (Number.isNaN(uid)) throw unsupported('it does not say who the user is')
  const architecture = architectureOf(one('system'), one('machine'), one('release'), one('libc'))
  const own = folders.find((folder) => folder.endsWith(`/${programs[architecture]}`))
  return {
    architecture,
    program: own ?? folders[0],
    hasOwnProgram: own !== undefined,
    uid,
    home: one('home').startsWith('/') ? one('home') : '/',
    socket: uid === 0 ? `${runRoot}/pocker.sock` : `${runRoot}/${uid}/pocker.sock`,
    hasSocket: one('socket') === 'yes',
    ways,
  }
}

function architectureOf(system: string, machine: string, release: string, libc: string): Probe['architecture'] {
  if (system !== 'Linux') throw unsupported(`containers need Linux, and this is ${system || 'another system'}`)
  if (!isAtLeast(release, LEAST_KERNEL)) throw unsupported(`its kernel is ${release}, and Pocker needs ${LEAST_KERNEL.join('.')}`)
  if (!libc.startsWith('glibc ')) throw unsupported('its C library is not glibc')
  if (!isAtLeast(libc.slice('glibc '.length), LEAST_LIBC))
    throw unsupported(`its C library is ${libc}, and Pocker needs ${LEAST_LIBC.join('.')}`)
  if (machine === 'x86_64') return 'x64'
  if (machine === 'aarch64') return 'arm64'
  throw unsupported(`its processor is ${machine || 'unknown'}, and Pocker knows x86-64 and arm64`)
}

function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [, a, b] = /^(\d+)\.(\d+)/.exec(text) ?? []
  return Number(a) > major || (Number(a) === major && Number(b) >= minor)
}

function unsupported(why: string): PockerError {
  return new PockerError('NotImplemented', `run containers there: ${why}`, { code: 'host-unsupported' })
}
