import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryFolder } from '../support/folders.ts'
import { type RunResult, run } from '../support/run.ts'

const root = join(import.meta.dirname, '../..')
const skip = whyNoMachine()

const program = 'dist/helper/linux-x64'
/** The bundle is the same everywhere; the two native files are the machine's own. */
const nativeFiles = [
  `ln -sf /usr/bin/node ${program}/node`,
  `ln -sf /node_modules/@koromix/koffi-linux-arm64/linux_arm64/koffi.node ${program}/koffi.node`,
]

test('helper/linux passes its tests on an arm64 kernel', { skip }, async () => {
  await using folder = makeTemporaryFolder('arm64')
  copyInto(folder.path, ['package.json', 'helper', 'node_modules/fast-check', 'node_modules/pure-rand', 'node_modules/zod'])
  const result = await runOnArm64(folder.path, "node --disable-warning=ExperimentalWarning --test 'helper/linux/**/*.test.ts'")
  assert.equal(result.code, 0, result.stdout + result.stderr)
})

test('the cgroup tests pass on a host of cgroup version 2 alone', { skip }, async () => {
  await using folder = makeTemporaryFolder('arm64')
  copyInto(folder.path, ['package.json', 'helper', 'test', 'node_modules/fast-check', 'node_modules/pure-rand', 'node_modules/zod'])
  const result = await runOnArm64(folder.path, 'node --disable-warning=ExperimentalWarning --test test/kernel/cgroup.test.ts')
  assert.equal(result.code, 0, result.stdout + result.stderr)
})

test('a container runs on an arm64 kernel', { skip }, async () => {
  await using folder = makeTemporaryFolder('arm64')
  copyInto(folder.path, [program])
  const command = [
    ...nativeFiles,
    `${program}/pocker run --rm --network none --memory 64m --pids-limit 20 host sh -c '`,
    'echo $(uname -m) pid $$ $(hostname | wc -c) $(cat /sys/fs/cgroup/memory.max) $(cat /sys/fs/cgroup/pids.max)',
    "exit 7'",
  ].join('\n')
  const result = await runOnArm64(folder.path, command)
  assert.equal(result.code, 7, result.stdout + result.stderr)
  assert.match(result.stdout, /^aarch64 pid 1 13 67108864 20$/m)
})

test('exec and a toolbox run on an arm64 kernel', { skip }, async () => {
  await using folder = makeTemporaryFolder('arm64')
  copyInto(folder.path, [program])
  const command = [
    ...nativeFiles,
    // Started ahead: while others use this machine, the emulated one may take longer than a client waits.
    `(${program}/pocker helper --socket /run/p.sock >/tmp/helper 2>&1 &)`,
    'for second in $(seq 60); do [ -S /run/p.sock ] && break; sleep 1; done',
    `export POCKER_HOST=unix:///run/p.sock PATH=$PWD/${program}:$PATH`,
    'pocker run -d --name web --network none --memory 128m -w /etc host sleep 1000',
    "pocker exec web sh -c 'echo exec $(uname -m) $(pwd) $(hostname | wc -c)'",
    "pocker exec -u 1000:1000 -e A=1 web sh -c 'echo user $(id -u) $A'",
    "pocker exec --toolbox web sh -c 'echo toolbox $(pwd) $(id -u) $(ls /container/etc/hosts) $(ps | grep -c sleep)'",
    'pocker exec --toolbox web touch /usr/made || echo refused',
    'pocker exec web /no/such/program; echo code $?',
    'pocker rm -f web',
  ].join('\n')
  const { stdout } = await runOnArm64(folder.path, command)
  assert.match(stdout, /^exec aarch64 \/etc 13$/m)
  assert.match(stdout, /^user 1000 1$/m)
  assert.match(stdout, /^toolbox \/container\/etc 0 \/container\/etc\/hosts [1-9]$/m)
  assert.match(stdout, /^refused$/m)
  assert.match(stdout, /^code 127$/m)
})

function whyNoMachine(): string | false {
  if (process.getuid?.() !== 0) return 'not root'
  if (process.arch === 'arm64') return 'this is an arm64 machine: the other tests test it'
  if (!existsSync('/usr/bin/qemu-system-aarch64')) return 'no qemu-system-aarch64'
  return false
}

/** Runs `command` by sh in a copy of `folder` on the emulated machine; stdout and stderr come as one. */
async function runOnArm64(folder: string, command: string): Promise<RunResult> {
  return await run(join(root, 'scripts/arm64.sh'), [folder, command], { timeout: 280_000 })
}

function copyInto(folder: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    const isWanted = (source: string): boolean => !/\/linux-x64\/(node|koffi\.node|cache)$/.test(source)
    cpSync(join(root, path), join(folder, path), { recursive: true, filter: isWanted })
  }
}
