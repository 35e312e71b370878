/** Debian's Docker daemon, started by hand beside whatever runs here: folders, socket and state of its own, and a bridge and rules only in a network of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dockerCli } from '../../test/support/docker.ts'
import { cacheFolder, makeTemporaryFolder, removeFolder } from '../../test/support/folders.ts'
import type { NetworkNamespace } from '../../test/support/network-namespace.ts'
import { run, runChecked } from '../../test/support/run.ts'

/** Where its programs are when they are not installed: the daemon starts containerd and runc by their names. */
const unpacked = join(cacheFolder(), 'dockerd/usr')
const START_DEADLINE = 60_000
export const BUSYBOX_IMAGE = 'pocker-bench'

export interface Dockerd extends AsyncDisposable {
  readonly socket: string
}

/** The daemon's program: installed, or unpacked by the runner. */
export function dockerdProgram(): string | undefined {
  return ['/usr/sbin/dockerd', join(unpacked, 'sbin/dockerd')].find((path) => existsSync(path))
}

/**
 * Starts the daemon with an image of `rootfs` under the name BUSYBOX_IMAGE, or says why that cannot be. Without a namespace it leaves the
 * network of this host alone.
 */
export async function startDockerd(rootfs: string, network?: Pick<NetworkNamespace, 'enter'>): Promise<Dockerd | string> {
  const program = dockerdProgram()
  if (program === undefined) return 'dockerd is not installed'
  const folder = makeTemporaryFolder('dockerd')
  const socket = join(folder.path, 'docker.sock')
  const places = ['--data-root', join(folder.path, 'data'), '--exec-root', join(folder.path, 'exec'), '-p', join(folder.path, 'pid')]
  const alone = network === undefined ? ['--bridge', 'none', '--iptables=false', '--ip6tables=false'] : []
  const words = [program, ...places, '-H', `unix://${socket}`, ...alone]
  const [command = '', ...args] = network?.enter(...words) ?? words
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH}:${join(unpacked, 'bin')}:${join(unpacked, 'sbin')}` },
  })
  const dockerd: Dockerd = {
    socket,
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
      await unmountBelow(folder.path)
      await removeFolder(folder.path)
    },
  }
  const deadline = performance.now() + START_DEADLINE
  while (performance.now() < deadline && child.exitCode === null) {
    if (existsSync(socket) && (await dockerCli(socket, ['version'])).code === 0) {
      const archive = join(folder.path, 'rootfs.tar')
      await runChecked('tar', ['-C', rootfs, '-cf', archive, '.'])
      const imported = await dockerCli(socket, ['import', archive, BUSYBOX_IMAGE])
      if (imported.code === 0) return dockerd
      await dockerd[Symbol.asyncDispose]()
      return `dockerd took no image: ${imported.stderr.trim()}`
    }
    await sleep(100)
  }
  if (child.exitCode === null) await dockerd[Symbol.asyncDispose]()
  return 'dockerd did not start'
}

/** The daemon leaves its network namespace mounts behind. */
async function unmountBelow(path: string): Promise<void> {
  await run('/bin/sh', [
    '-c',
    'grep -o " $1[^ ]*" /proc/self/mountinfo | sort -r | while read -r point; do umount "$point"; done',
    'sh',
    path,
  ])
}
