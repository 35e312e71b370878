/** A machine with accounts and a sudo of the test's own: a mount namespace in which /etc knows them, and nothing outside of it does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder } from './folders.ts'
import { type RunResult, run, runChecked } from './run.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  /** In sudoers' grammar, after the name; none for a user without rights. */
  readonly sudo?: string
  /** Lines of sudoers that begin with `Defaults:NAME`. */
  readonly defaults?: string
}

export interface AccountsMachine extends AsyncDisposable {
  /** Words that run the words behind them there, as root. */
  readonly enter: readonly string[]
  /** Its `/`, as others can reach it: its sockets, too. */
  readonly root: string
  /** Runs a command there as that user, in its groups, with this environment and no other. */
  runAs(name: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<RunResult>
}

const PREPARE = `
for file in passwd shadow group sudoers; do mount --bind "$0/$file" "/etc/$file"; done
mount --bind "$0/sudoers.d" /etc/sudoers.d
mount -t tmpfs -o mode=755 tmpfs /run
shift
while [ $# -gt 0 ]; do mkdir -m 755 -p "$0/places$1"; mount --bind "$0/places$1" "$1"; shift; done
echo ready
read line
`

/** Makes one; all accounts have this password. `places` are folders that are empty there, and its own. */
export async function makeAccountsMachine(
  accounts: readonly Account[],
  password: string,
  places: readonly string[] = [],
): Promise<AccountsMachine> {
  const folder = makeTemporaryFolder('accounts')
  const hash = (await runChecked('openssl', ['passwd', '-6', '-stdin'], { input: password })).trim()
  const etc = (name: string) => readFileSync(join('/etc', name), 'utf8')
  const write = (name: string, text: string, mode: number) => writeFileSync(join(folder.path, name), text, { mode })
  write('passwd', etc('passwd') + accounts.map(({ name, uid }) => `${name}:x:${uid}:${uid}::/:/bin/sh\n`).join(''), 0o644)
  write('shadow', etc('shadow') + accounts.map(({ name }) => `${name}:${hash}:19000:0:99999:7:::\n`).join(''), 0o600)
  write('group', etc('group') + accounts.map(({ name, uid }) => `${name}:x:${uid}:\n`).join(''), 0o644)
  write('sudoers', 'Defaults env_reset,use_pty,lecture=always\nroot ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n', 0o440)
  mkdirSync(join(folder.path, 'sudoers.d'))
  const rules = accounts.flatMap(({ name, sudo, defaults }) => [
    ...(defaults === undefined ? [] : [`Defaults:${name} ${defaults}`]),
    ...(sudo === undefined ? [] : [`${name} ${sudo}`]),
  ])
  write('sudoers.d/accounts', `${rules.join('\n')}\n`, 0o440)
  const holder = spawn('unshare', ['--mount', '/bin/sh', '-ec', PREPARE, folder.path, '', ...places], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
  if (holder.exitCode !== null) throw new Error('make a machine with accounts: its mounts failed')
  const enter = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`]
  return {
    enter,
    root: `/proc/${holder.pid}/root`,
    runAs: (name, words, env) => {
      // Set by the user's own process: what runs before it is root's.
      const become = ['setpriv', `--reuid=${name}`, `--regid=${name}`, '--init-groups', '/usr/bin/env', '-i']
      const pairs = Object.entries(env).map(([key, value]) => `${key}=${value}`)
      const [command = '', ...before] = enter
      return run(command, [...before, ...become, ...pairs, ...words], { cwd: '/' })
    },
    async [Symbol.asyncDispose]() {
      const exit = once(holder, 'exit')
      holder.stdin.end('\n')
      await exit
      await folder[Symbol.asyncDispose]()
    },
  }
}
