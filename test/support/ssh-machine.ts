/**
 * Another machine on this one: a real OpenSSH server with accounts, homes, /run, /var/lib and a network of its own. Its kernel and its /usr are
 * this machine's, all else that a helper touches is not.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeTemporaryFolder } from './folders.ts'
import { type RunOptions, type RunResult, run, runChecked } from './run.ts'
import { type Link, makeLink } from './ssh-link.ts'
import { sshdProgram } from './sshd-program.ts'

export interface SshAccount {
  readonly name: string
  readonly uid: number
  readonly shell?: string
  /** In sudoers' grammar, after the name; none for a user without rights. */
  readonly sudo?: string
  /** Lines of sudoers that begin with `Defaults:NAME`. */
  readonly defaults?: string
  /** Files of the home, with their text. */
  readonly home?: Readonly<Record<string, string>>
}

export interface SshMachineOptions {
  readonly accounts: readonly SshAccount[]
  readonly password?: string
  /** Further lines of sshd_config. */
  readonly config?: string
  /** Mount options of /home and /tmp. */
  readonly homes?: string
  /** Milliseconds that all takes to the machine and back. */
  readonly delay?: number
  /** The kind of the server's key. */
  readonly keyType?: 'ed25519' | 'ecdsa' | 'rsa'
}

export interface SshMachine extends AsyncDisposable {
  /** To its SSH port. */
  readonly link: Link
  /** A private key that all accounts know, and a folder of the client's. */
  readonly key: string
  readonly folder: string
  /** The server's public key, as a line of known_hosts has it. */
  readonly hostKey: string
  /** Runs a program there as root. */
  run(words: readonly string[], options?: RunOptions): Promise<RunResult>
  /** What sshd has written. */
  log(): string
  /** Ends all that runs there but the network and the files, as a power cut does. */
  killAll(): Promise<void>
  /** Kills each process there that has the word on its command line, and returns how many these were. */
  kill(word: string): number
  /** Gives the server another key. */
  changeKey(): Promise<void>
}

const PREPARE = `
for file in passwd shadow group sudoers; do mount --bind "$0/etc/$file" "/etc/$file"; done
mount --bind "$0/etc/sudoers.d" /etc/sudoers.d
mount --bind "$0" /mnt
for place in /run /usr/local/lib /opt /var/lib /root; do mount -t tmpfs -o mode=755 tmpfs "$place"; done
mount -t tmpfs -o "mode=755$HOMES" tmpfs /home
for place in /tmp /var/tmp; do mount -t tmpfs -o "mode=1777$HOMES" tmpfs "$place"; done
mkdir -p /run/sshd
cp -R /mnt/homes/. /home/
for home in /home/*; do chown -R "\${home##*/}" "$home"; chmod 700 "$home"; done
ip link set lo up
echo ready
read line
`

const KILL_DEADLINE = 15_000

/** What is missing to make one, as a sentence, or undefined. */
export function whyNoSshMachine(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root'
  return sshdProgram() === undefined ? 'no sshd: the package openssh-server is neither installed nor unpacked' : undefined
}

/** Makes one. Dispose of it to end all that runs there. */
export async function makeSshMachine(options: SshMachineOptions): Promise<SshMachine> {
  const folder = makeTemporaryFolder('ssh')
  const machine = join(folder.path, 'machine')
  await writeMachine(machine, folder.path, options)
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOMES: options.homes === undefined ? '' : `,${options.homes}` }
  const holder = spawn('unshare', ['--mount', '--net', '/bin/sh', '-ec', PREPARE, machine], { stdio: ['pipe', 'pipe', 'inherit'], env })
  await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
  if (holder.exitCode !== null) throw new Error('make a machine for SSH: its mounts failed')
  const enter = ['--mount', '--net', `--target=${holder.pid}`, '--', '/usr/bin/env', '-i', `PATH=${env.PATH}`]
  const sshd = [...(await bringSshd(machine)), '-i', '-f', '/mnt/sshd_config', '-E', '/mnt/log']
  const link = await makeLink(() => spawn('nsenter', [...enter, ...sshd], { stdio: ['pipe', 'pipe', 'ignore'] }), options.delay)
  const killAll = async () => {
    const net = readlinkSync(`/proc/${holder.pid}/ns/net`)
    const others = () => processesIn(net).filter((pid) => pid !== holder.pid)
    const deadline = performance.now() + KILL_DEADLINE
    // One that is told to end is there until it runs once more, with its sockets, and one may have been started meanwhile.
    for (let left = others(); left.length > 0; left = others()) {
      if (performance.now() > deadline) throw new Error(`end what runs on a machine for SSH: ${left.join()} are still there`)
      for (const pid of left) killOne(pid)
      await sleep(10)
    }
  }
  return {
    link,
    key: join(folder.path, 'id'),
    folder: folder.path,
    get hostKey() {
      return readFileSync(join(machine, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
    },
    run: (words, runOptions) => run('nsenter', [...enter, ...words], { cwd: '/', ...runOptions }),
    log: () => readFileSync(join(machine, 'log'), 'utf8'),
    killAll,
    kill: (word) => {
      const found = processesIn(readlinkSync(`/proc/${holder.pid}/ns/net`)).filter((pid) => wordsOf(pid).includes(word))
      for (const pid of found) killOne(pid)
      return found.length
    },
    changeKey: () => makeHostKey(machine, options.keyType),
    async [Symbol.asyncDispose]() {
      const remove = 'for p in /usr/local/lib/pocker/*/pocker; do [ -x "$p" ] && "$p" ps -aq | xargs -r "$p" rm -f; done; true'
      await run('nsenter', [...enter, '/bin/sh', '-c', remove], { cwd: '/' })
      link.close()
      await killAll()
      const exit = once(holder, 'exit')
      holder.stdin.end('\n')
      await exit
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** The words that run it there. What is not installed may be below a home or /tmp, which that machine has of its own. */
async function bringSshd(machine: string): Promise<string[]> {
  const { path = '', libraries } = sshdProgram() ?? {}
  if (libraries === undefined) return [path]
  await runChecked('cp', ['-RL', path, libraries, machine])
  return [`LD_LIBRARY_PATH=/mnt/${basename(libraries)}`, `/mnt/${basename(path)}`]
}

async function writeMachine(machine: string, folder: string, options: SshMachineOptions): Promise<void> {
  const { accounts, config = '', password = 'open sesame' } = options
  mkdirSync(join(machine, 'etc/sudoers.d'), { recursive: true })
  mkdirSync(join(machine, 'keys'))
  const write = (name: string, text: string, mode = 0o644) => writeFileSync(join(machine, name), text, { mode })
  const hash = (await runChecked('openssl', ['passwd', '-6', '-stdin'], { input: password })).trim()
  const etc = (name: string) => readFileSync(join('/etc', name), 'utf8')
  const lines = (line: (account: SshAccount) => string) =>
    accounts
      .filter(({ uid }) => uid !== 0)
      .map(line)
      .join('')
  // The user that sshd gives its rights up for; the package makes it where it is installed.
  const sshdUser = /^sshd:/m.test(etc('passwd')) ? '' : 'sshd:x:70200:65534::/run/sshd:/usr/sbin/nologin\n'
  write(
    'etc/passwd',
    etc('passwd') + sshdUser + lines(({ name, uid, shell = '/bin/sh' }) => `${name}:x:${uid}:${uid}::/home/${name}:${shell}\n`),
  )
  const rootless = etc('shadow').replace(/^root:[^:]*/m, `root:${hash}`)
  write('etc/shadow', rootless + lines(({ name }) => `${name}:${hash}:19000:0:99999:7:::\n`), 0o600)
  write('etc/group', etc('group') + lines(({ name, uid }) => `${name}:x:${uid}:\n`))
  write('etc/sudoers', 'Defaults env_reset,use_pty,lecture=always\nroot ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n', 0o440)
  const rules = accounts.flatMap(({ name, sudo, defaults }) => [
    ...(defaults === undefined ? [] : [`Defaults:${name} ${defaults}`]),
    ...(sudo === undefined ? [] : [`${name} ${sudo}`]),
  ])
  write('etc/sudoers.d/accounts', `${rules.join('\n')}\n`, 0o440)
  await makeHostKey(machine, options.keyType)
  await runChecked('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')])
  for (const { name, home = {} } of accounts) {
    write(`keys/${name}`, readFileSync(join(folder, 'id.pub'), 'utf8'))
    mkdirSync(join(machine, 'homes', name), { recursive: true })
    for (const [path, text] of Object.entries(home)) {
      mkdirSync(join(machine, 'homes', name, path, '..'), { recursive: true })
      write(`homes/${name}/${path}`, text)
    }
  }
  write('log', '', 0o666)
  write('sshd_config', `${config}\n${SSHD_CONFIG}`)
}

const SSHD_CONFIG = `
HostKey /mnt/host
AuthorizedKeysFile /mnt/keys/%u
UsePAM no
UseDNS no
PermitRootLogin yes
PidFile none
StrictModes no
LogLevel VERBOSE
`

async function makeHostKey(machine: string, type = 'ed25519'): Promise<void> {
  await runChecked('sh', ['-c', 'rm -f "$1" "$1.pub"; ssh-keygen -q -t "$2" -N "" -f "$1"', 'sh', join(machine, 'host'), type])
}

function processesIn(net: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`) === net
      } catch {
        // Ended meanwhile.
        return false
      }
    })
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    // Ended meanwhile.
    return []
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Ended meanwhile.
  }
}
