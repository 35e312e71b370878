/** What the tiers that need root want of the system, and how a Debian or Ubuntu machine gets it. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listDockerClients } from '../test/support/docker.ts'
import { cacheFolder } from '../test/support/folders.ts'
import { registryProgram } from '../test/support/registry.ts'
import { sshdProgram } from '../test/support/sshd-program.ts'
import { dockerdProgram } from './bench/dockerd.ts'

interface SystemPackage {
  readonly name: string
  /** A file that is there when the package is. */
  readonly file: string
}

/** Static busybox and our probe are the test root filesystem; the arm64 machine is emulated; images come and go by the tools of others; accounts of other machines have all kinds of shells; the browser is VS Code's window; networks are looked at by programs of others. */
const packages: readonly SystemPackage[] = [
  { name: 'busybox-static', file: '/bin/busybox' },
  { name: 'gcc', file: '/usr/bin/gcc' },
  { name: 'libc6-dev', file: '/usr/include/stdio.h' },
  { name: 'binutils', file: '/usr/bin/as' },
  { name: 'binutils-aarch64-linux-gnu', file: '/usr/bin/aarch64-linux-gnu-as' },
  { name: 'procps', file: '/usr/bin/ps' },
  { name: 'qemu-system-arm', file: '/usr/bin/qemu-system-aarch64' },
  { name: 'mmdebstrap', file: '/usr/bin/mmdebstrap' },
  { name: 'e2fsprogs', file: '/sbin/mkfs.ext4' },
  { name: 'cpio', file: '/usr/bin/cpio' },
  { name: 'kmod', file: '/sbin/depmod' },
  { name: 'skopeo', file: '/usr/bin/skopeo' },
  { name: 'podman', file: '/usr/bin/podman' },
  { name: 'umoci', file: '/usr/bin/umoci' },
  { name: 'openssl', file: '/usr/bin/openssl' },
  { name: 'attr', file: '/usr/bin/getfattr' },
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'sudo', file: '/usr/bin/sudo' },
  { name: 'iproute2', file: '/usr/sbin/ip' },
  { name: 'nftables', file: '/usr/sbin/nft' },
  { name: 'iperf3', file: '/usr/bin/iperf3' },
  { name: 'docker-compose', file: '/usr/bin/docker-compose' },
  { name: 'openssh-client', file: '/usr/bin/ssh' },
  { name: 'fish', file: '/usr/bin/fish' },
  { name: 'tcsh', file: '/bin/tcsh' },
]

/** Unpacked, not installed: installing these would start a daemon, and Docker's changes the machine's network. */
interface UnpackedPackage {
  readonly name: string
  /** What of it is wanted. */
  readonly part: string
  /** In the cache. */
  readonly folder: string
  readonly isThere: () => boolean
}

const unpackedPackages: readonly UnpackedPackage[] = [
  { name: 'docker.io', part: 'its client only', folder: 'docker-cli', isThere: () => listDockerClients().length > 0 },
  ...['docker.io', 'containerd', 'runc'].map((name) => ({
    name,
    part: 'the engine’s programs only',
    folder: 'dockerd',
    isThere: () => dockerdProgram() !== undefined,
  })),
  { name: 'docker-registry', part: 'its program only', folder: 'docker-registry', isThere: () => registryProgram() !== undefined },
  ...['openssh-server', 'libwrap0'].map((name) => ({
    name,
    part: 'its program only',
    folder: 'openssh-server',
    isThere: () => sshdProgram() !== undefined,
  })),
]

/**
 * Installs what is missing for the tiers that need root.
 * Errors: one that names the packages, where this machine has no apt-get or it fails.
 */
export function installMissingPackages(): void {
  const missing = packages.filter((item) => !existsSync(item.file)).map((item) => item.name)
  const unpacked = unpackedPackages.filter((item) => !item.isThere())
  if (missing.length === 0 && unpacked.length === 0) return
  const names = [...missing, ...unpacked.map(({ name, part }) => `${name} (${part})`)].join(', ')
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`install ${names}: there is no apt-get here; install what corresponds to them`)
  console.log(`installing for the tests: ${names}`)
  runTool('apt-get', ['update', '-qq'])
  if (missing.length > 0) runTool('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing])
  for (const item of unpacked) unpackPackage(item)
}

function unpackPackage({ name, folder: target }: UnpackedPackage): void {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-package-'))
  try {
    runTool('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', '-qq', name], folder)
    const [file] = readdirSync(folder)
    if (file === undefined) throw new Error(`download ${name}: apt-get left no file`)
    mkdirSync(join(cacheFolder(), target), { recursive: true })
    runTool('dpkg-deb', ['--extract', join(folder, file), join(cacheFolder(), target)])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function runTool(command: string, args: readonly string[], cwd = '/'): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const result = spawnSync(command, [...args], { cwd, env, encoding: 'utf8' })
  if (result.error !== undefined) throw result.error
  if (result.status !== 0) throw new Error(`run ${command} ${args.join(' ')}: ${result.stderr.trim().split('\n').slice(-5).join('; ')}`)
}
