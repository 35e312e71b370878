/** `npm run bench [-- files|networks|ssh]`: how fast and how small, beside the runtimes that are installed here, which take turns with ours. Needs root. */
import { join } from 'node:path'
import { makeTemporaryFolder } from '../test/support/folders.ts'
import { startHelper, type TestHelper } from '../test/support/helper.ts'
import { makeRootfs, whyNoRootfs } from '../test/support/rootfs.ts'
import { BUSYBOX_IMAGE, startDockerd } from './bench/dockerd.ts'
import { measureFiles } from './bench/files.ts'
import { measureImages } from './bench/images.ts'
import { measureLogLines } from './bench/log-lines.ts'
import { measureLogSpeed } from './bench/log-speed.ts'
import { measureLogWindow } from './bench/log-window.ts'
import { measureMemory } from './bench/memory.ts'
import { measureNetworks } from './bench/networks.ts'
import { ask, createContainer, execTrue, IMAGE, ping, runManyTrue, runTrue } from './bench/ours.ts'
import { findPeers, type Peer } from './bench/peers.ts'
import { type Contestant, printTable, Samples, takeTurns } from './bench/samples.ts'
import { measureSsh } from './bench/ssh.ts'
import { buildStopwatch, startStopwatch } from './bench/stopwatch.ts'
import { measureViews } from './bench/views.ts'
import { buildPocker, program } from './build.ts'

const executable = join(program.out, 'pocker')

interface Verdict {
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly atLeast?: boolean
}

const verdicts: Verdict[] = []

async function main(): Promise<void> {
  await buildPocker(program)
  await using folder = makeTemporaryFolder('bench')
  await using rootfs = await makeRootfs()
  await using helper = await startHelper()
  await ask(helper, 'POST', `/pocker/images/import?folder=${encodeURIComponent(rootfs.path)}&name=${IMAGE}`)
  if (process.argv[2] === 'networks') {
    await benchNetworks(rootfs.path)
    printVerdicts()
    return
  }
  if (process.argv[2] === 'ssh') {
    await benchSsh(rootfs.path)
    printVerdicts()
    return
  }
  if (process.argv[2] === 'files') {
    await benchFiles(helper)
    printVerdicts()
    return
  }
  const stopwatch = await buildStopwatch(folder.path)
  const peers = await findPeers({ folder: folder.path, rootfs: rootfs.path, stopwatch })
  try {
    await benchStart(helper, peers)
    await benchExec(helper)
    await benchMany(helper, peers)
  } finally {
    for (const peer of peers) peer.stopwatch[Symbol.dispose]()
  }
  await benchCommand(helper, { rootfs: rootfs.path, stopwatch })
  await benchMemory(helper)
  const speed = await measureLogSpeed(helper, 400)
  verdicts.push({ what: 'log, MB/s with the helper stopped', value: speed, limit: 400, atLeast: true })
  await benchLogLines(helper)
  await benchImages(helper, rootfs.path)
  await benchViews()
  await benchSsh(rootfs.path)
  await benchFiles(helper)
  await benchNetworks(rootfs.path)
  printVerdicts()
}

async function benchStart(helper: TestHelper, peers: readonly Peer[]): Promise<void> {
  const start: Contestant = {
    samples: new Samples('pocker: start to exit, one connection'),
    once: async () => (await runTrue(helper)).startToExit,
  }
  const whole: Contestant = { samples: new Samples('pocker: create to removed'), once: async () => (await runTrue(helper)).createToRemoved }
  const theirs = peers.map(asContestant)
  const contestants = [start, whole, ...theirs]
  await takeTurns(contestants, { rounds: 200, warmUp: 10 })
  printTable('1. one container of true (ms)', contestants.map(samplesOf))
  compare('start to exit, of crun run', contestants, 0.35)
}

function asContestant(peer: Peer): Contestant {
  return { samples: new Samples(peer.name), once: () => peer.stopwatch.time(1) }
}

async function benchExec(helper: TestHelper): Promise<void> {
  const container = await createContainer(helper, ['/bin/probe', 'sleep-forever'])
  await ask(helper, 'POST', `/containers/${container}/start`)
  const [exec, empty] = [new Samples('pocker: exec of true, start to exit'), new Samples('pocker: empty request (_ping)')]
  const contestants = [
    { samples: exec, once: () => execTrue(helper, container) },
    { samples: empty, once: () => ping(helper) },
  ]
  await takeTurns(contestants, { rounds: 200, warmUp: 10 })
  await ask(helper, 'DELETE', `/containers/${container}?force=1`)
  printTable('2. exec in a running container (ms)', [exec, empty])
  verdicts.push({ what: 'exec above an empty request, ms', value: exec.quantile(0.5) - empty.quantile(0.5), limit: 1 })
}

async function benchMany(helper: TestHelper, peers: readonly Peer[]): Promise<void> {
  const start: Contestant = {
    samples: new Samples('pocker: 50 starts to the last exit'),
    once: async () => (await runManyTrue(helper, 50)).startToExit,
  }
  const whole: Contestant = {
    samples: new Samples('pocker: create to removed, all 50'),
    once: async () => (await runManyTrue(helper, 50)).createToRemoved,
  }
  const theirs = peers.map((peer) => ({ samples: new Samples(peer.name), once: () => peer.stopwatch.time(50) }))
  const contestants = [start, whole, ...theirs]
  await takeTurns(contestants, { rounds: 12, warmUp: 1 })
  printTable('3. 50 containers of true at once (ms)', contestants.map(samplesOf))
  compare('50 at once, of crun run', contestants, 0.5)
}

async function benchCommand(helper: TestHelper, place: { rootfs: string; stopwatch: string }): Promise<void> {
  using ours = startStopwatch(place.stopwatch, [executable, 'run', '--rm', '--network', 'none', IMAGE, 'true'], {
    env: { ...process.env, POCKER_HOST: `unix://${helper.socket}` },
  })
  const contestants: Contestant[] = [{ samples: new Samples('pocker run --rm (whole process)'), once: () => ours.time(1) }]
  const dockerd = await startDockerd(place.rootfs)
  if (typeof dockerd === 'string') {
    console.log(`left out: ${dockerd}`)
    await takeTurns(contestants, { rounds: 20, warmUp: 2 })
  } else {
    await using _ = dockerd
    using theirs = startStopwatch(place.stopwatch, ['docker', 'run', '--rm', '--network', 'none', BUSYBOX_IMAGE, 'true'], {
      env: { ...process.env, DOCKER_HOST: `unix://${dockerd.socket}` },
    })
    contestants.push({ samples: new Samples('docker run --rm (whole process)'), once: () => theirs.time(1) })
    await takeTurns(contestants, { rounds: 20, warmUp: 2 })
  }
  printTable('4. the command line (ms)', contestants.map(samplesOf))
  compare('pocker run, of docker run', contestants, 0.3)
}

async function benchMemory(helper: TestHelper): Promise<void> {
  const memory = await measureMemory(helper, 100)
  console.log(`\n5. memory with 100 containers running (MB, PSS)`)
  console.log(`  helper ${memory.helper.toFixed(1)}, ${memory.keeperCount} keepers ${memory.keepers.toFixed(1)}`)
  verdicts.push({ what: 'helper and keepers of 100 containers, MB', value: memory.helper + memory.keepers, limit: 100 })
}

async function benchFiles(helper: TestHelper): Promise<void> {
  const figures = await measureFiles(helper)
  for (const [what, value] of Object.entries({ stat: figures.stat, read: figures.read, save: figures.write }))
    verdicts.push({ what: `files: ${what}, ms`, value, limit: what === 'save' ? 2 : 1 })
  verdicts.push({ what: 'files: list of 200, ms', value: figures.list, limit: 2 })
  verdicts.push({ what: 'files: first access, ms', value: figures.firstAccess, limit: 100 })
  verdicts.push({ what: 'files: reading, MB/s', value: figures.readSpeed, limit: 300, atLeast: true })
  verdicts.push({ what: 'files: writing, MB/s', value: figures.writeSpeed, limit: 150, atLeast: true })
}

async function benchNetworks(rootfs: string): Promise<void> {
  for (const verdict of await measureNetworks(rootfs)) verdicts.push(verdict)
}

async function benchLogLines(helper: TestHelper): Promise<void> {
  const { open, page, search, wait, memory } = await measureLogLines(helper)
  verdicts.push({ what: 'log of 1 GB: the last 10,000 lines, ms', value: open, limit: 1000 })
  verdicts.push({ what: 'log of 1 GB: a page back, ms (p95)', value: page, limit: 100 })
  verdicts.push({ what: 'log of 1 GB: a search through it, ms', value: search, limit: 3000 })
  verdicts.push({ what: 'log of 1 GB: others wait meanwhile, ms (p99)', value: wait, limit: 50 })
  verdicts.push({ what: 'log of 1 GB: MB that the helper grows by', value: memory, limit: 128 })
  const window = await measureLogWindow(helper)
  verdicts.push({ what: 'log of 1 GB: in the extension, ms', value: window.open, limit: 1000 })
  verdicts.push({ what: 'log of 1 GB: a page back in the extension, ms', value: window.page, limit: 500 })
}

async function benchImages(helper: TestHelper, rootfs: string): Promise<void> {
  const figures = await measureImages(helper, rootfs)
  if (figures === undefined) return
  for (const { name, ratio } of figures.ratios)
    verdicts.push({ what: `pull, of ${name}`, value: ratio, limit: /^dockerd/.test(name) ? 0.5 : 1 })
  verdicts.push({ what: 'pull, MB of helper and unpackers (PSS)', value: figures.memory, limit: 200 })
  verdicts.push({ what: 'pull of shared layers, bytes fetched again', value: figures.fetchedTwice, limit: 0 })
  verdicts.push({ what: "commit, of the disk's speed", value: figures.commit, limit: 0.8, atLeast: true })
  verdicts.push({ what: "save, of the disk's speed", value: figures.save, limit: 0.8, atLeast: true })
}

async function benchViews(): Promise<void> {
  const { all, one, rowsOfOne } = await measureViews()
  printTable('the view of 1,000 containers (ms)', [all, one])
  verdicts.push({ what: 'refresh of 1,000 rows, ms', value: all.quantile(0.5), limit: 100 })
  verdicts.push({ what: 'rows drawn anew by one event', value: rowsOfOne, limit: 1 })
}

/** The first of the contestants against the one that the aim is set by. */
function compare(what: string, contestants: readonly Contestant[], limit: number): void {
  const [ours] = contestants
  const other = contestants.find((contestant) => /^(crun|docker) /.test(contestant.samples.name))
  if (ours !== undefined && other !== undefined) {
    verdicts.push({ what, value: ours.samples.quantile(0.5) / other.samples.quantile(0.5), limit })
  }
}

function samplesOf(contestant: Contestant): Samples {
  return contestant.samples
}

async function benchSsh(rootfs: string): Promise<void> {
  for (const verdict of await measureSsh(rootfs)) verdicts.push(verdict)
}

function printVerdicts(): void {
  console.log('\nagainst the aims')
  for (const { what, value, limit, atLeast } of verdicts) {
    const isMet = atLeast === true ? value >= limit : value <= limit
    const bound = `${atLeast === true ? 'at least' : 'at most'} ${limit}`
    console.log(`  ${isMet ? 'met   ' : 'MISSED'} ${what.padEnd(44)}${value.toFixed(2).padStart(10)}   ${bound}`)
  }
}

const obstacle = process.getuid?.() === 0 ? whyNoRootfs() : 'it makes real containers, which takes root: run sudo npm run bench'
if (obstacle === undefined) await main()
else {
  console.error(`bench: ${obstacle}`)
  process.exitCode = 1
}
