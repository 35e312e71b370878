/** Images from a registry on this machine: pull with unpacking beside the other engines, then what of it comes twice, and ways out. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { startCountingProxy } from '../../test/support/counting-proxy.ts'
import { type DebianImages, debianImages } from '../../test/support/debian-image.ts'
import { makeTemporaryFolder } from '../../test/support/folders.ts'
import type { TestHelper } from '../../test/support/helper.ts'
import { loadImages, pullImage, saveImages, type Transfer } from '../../test/support/image-transfer.ts'
import { startRegistry, type TestRegistry } from '../../test/support/registry.ts'
import { run, runChecked } from '../../test/support/run.ts'
import { findImagePullers } from './image-pullers.ts'
import { ask, textMember } from './ours.ts'
import { type MemoryPeak, watchMemory } from './peak-memory.ts'
import { type Contestant, printTable, Samples, takeTurns } from './samples.ts'

const ROUNDS = 5

export interface ImageFigures {
  /** Our time through theirs, by their name; medians. */
  readonly ratios: readonly { readonly name: string; readonly ratio: number }[]
  /** Megabytes of the helper and the unpackers together, at the moment when they had the most (PSS). */
  readonly memory: number
  /** Bytes that a pull of an image fetches of layers that are there. */
  readonly fetchedTwice: number
  /** Through the disk's own speed. */
  readonly commit: number
  readonly save: number
}

/** Measures all of it and prints the tables; undefined, said on stdout, where a tool for it is missing. */
export async function measureImages(helper: TestHelper, rootfs: string): Promise<ImageFigures | undefined> {
  for (const tool of ['skopeo', 'umoci', 'mmdebstrap']) {
    if ((await run('/bin/sh', ['-c', 'command -v "$1"', 'sh', tool])).code === 0) continue
    console.log(`left out: images, for ${tool} is not installed`)
    return undefined
  }
  const images = await debianImages()
  await using registry = await startRegistry()
  const reference = await images.push('app', registry)
  const ratios = await benchPull({ reference, images, rootfs })
  const { shared: memory, resident } = await peakOfPull(helper, reference)
  console.log(`  helper and unpackers at their peak: ${memory.toFixed(0)} MB together (PSS; each for itself ${resident.toFixed(0)} MB RSS)`)
  return { ratios, memory, fetchedTwice: await benchShared(helper, { registry, images }), ...(await benchWaysOut(helper, reference)) }
}

interface PullPlace {
  readonly reference: string
  readonly images: DebianImages
  readonly rootfs: string
}

/**
 * Each pull goes into stores that are new, and all of them are deleted at the end: ext4 does not reuse an inode in the minute after its
 * deletion, and looks at each such inode anew for every file that anybody makes. What one had deleted would be paid for by the next.
 */
async function benchPull({ reference, images, rootfs }: PullPlace): Promise<ImageFigures['ratios']> {
  await using stores = new AsyncDisposableStack()
  const contestants = findImagePullers(rootfs).map(
    (puller): Contestant => ({
      samples: new Samples(puller.name),
      async once() {
        const fresh = stores.use(await puller.start())
        return await timed(() => fresh.pull(reference))
      },
    }),
  )
  await takeTurns(contestants, { rounds: ROUNDS, warmUp: 1 })
  const { layers } = images.read('app').manifest
  const packed = layers.reduce((sum, { size }) => sum + size, 0) / 1e6
  const samples = contestants.map((contestant) => contestant.samples)
  printTable(`6. pull and unpack an image of ${layers.length} layers, ${packed.toFixed(0)} MB (ms)`, samples)
  for (const each of samples) {
    const seconds = each.quantile(0.5) / 1000
    console.log(`  ${each.name.padEnd(44)}${seconds.toFixed(2).padStart(10)} s${(packed / seconds).toFixed(0).padStart(8)} MB/s`)
  }
  const [ours, ...theirs] = samples
  if (ours === undefined) return []
  return theirs.map((each) => ({ name: each.name, ratio: ours.quantile(0.5) / each.quantile(0.5) }))
}

/** In a pull of its own: to look at memory costs time. */
async function peakOfPull(helper: TestHelper, reference: string): Promise<MemoryPeak> {
  const watch = watchMemory(helper.pid())
  try {
    assertDone(await pullImage(helper.socket, reference))
  } finally {
    watch.stop()
  }
  await remove(helper, reference)
  return watch.peak()
}

async function benchShared(helper: TestHelper, place: { registry: TestRegistry; images: DebianImages }): Promise<number> {
  await using proxy = await startCountingProxy(place.registry.address)
  await place.images.push('base', place.registry)
  const [base, app] = [`${proxy.address}/base:latest`, `${proxy.address}/app:latest`]
  const whole = await timed(async () => assertDone(await pullImage(helper.socket, base)))
  const before = proxy.passed.length
  const rest = await timed(async () => assertDone(await pullImage(helper.socket, app)))
  const known = new Set(place.images.read('base').manifest.layers.map(({ digest }) => digest))
  const passed = proxy.passed.slice(before).filter(({ method }) => method === 'GET')
  const bytes = passed.reduce((sum, entry) => sum + entry.bytes, 0)
  const twice = passed.filter(({ path }) => known.has(path.slice(path.lastIndexOf('/') + 1))).reduce((sum, entry) => sum + entry.bytes, 0)
  console.log('\n7. an image whose lowest layer is there')
  console.log(
    `  the first ${whole.toFixed(0)} ms, then ${rest.toFixed(0)} ms and ${(bytes / 1e6).toFixed(1)} MB, of them ${twice} bytes again`,
  )
  for (const name of [app, base]) await remove(helper, name)
  return twice
}

const COMMITTED = 'bench-committed:latest'
const MEGABYTES = 300
const WAYS_ROUNDS = 3

async function benchWaysOut(helper: TestHelper, reference: string): Promise<{ commit: number; save: number }> {
  await using folder = makeTemporaryFolder('bench-images')
  assertDone(await pullImage(helper.socket, reference))
  const script = `dd if=/dev/urandom of=/large bs=1M count=${MEGABYTES} 2>/dev/null`
  const body = await ask(helper, 'POST', '/containers/create', {
    Image: reference,
    Cmd: ['sh', '-c', script],
    HostConfig: { NetworkMode: 'none' },
  })
  const container = textMember(body, 'Id')
  await ask(helper, 'POST', `/containers/${container}/start`)
  await ask(helper, 'POST', `/containers/${container}/wait`)
  const archive = join(folder.path, 'saved.tar')
  const [disk, commit, save, load] = ['disk', 'commit', 'save', 'load'].map((name) => new Samples(name))
  if (disk === undefined || commit === undefined || save === undefined || load === undefined) throw new Error('no samples')
  const speed = (megabytes: number, milliseconds: number): number => (megabytes / milliseconds) * 1000
  for (let round = 0; round < WAYS_ROUNDS; round++) {
    disk.add(speed(MEGABYTES * 1.048576, await timed(async () => writeToDisk(join(folder.path, 'disk')))))
    const committing = await timed(() => ask(helper, 'POST', `/commit?container=${container}&repo=bench-committed`))
    commit.add(speed(MEGABYTES * 1.048576, committing))
    const saving = await timed(() => saveImages(helper.socket, [COMMITTED], archive))
    const size = statSync(archive).size / 1e6
    save.add(speed(size, saving))
    await remove(helper, COMMITTED)
    const loading = await timed(async () => assertDone(await loadImages(helper.socket, archive)))
    load.add(speed(size, loading))
    await remove(helper, COMMITTED)
  }
  await ask(helper, 'DELETE', `/containers/${container}?force=1`)
  await remove(helper, reference)
  const told = [disk, commit, save, load].map((each) => `${each.name} ${each.quantile(0.5).toFixed(0)}`).join(', ')
  console.log(`\n8. ways out and in, beside a file that is written and synced (MB/s)\n  ${told}`)
  const share = (each: Samples): number => each.quantile(0.5) / disk.quantile(0.5)
  return { commit: share(commit), save: share(save) }
}

/** Bytes that no disk finds a shorter way to keep. */
function writeToDisk(path: string): void {
  const piece = randomBytes(1 << 20)
  const descriptor = openSync(path, 'w')
  for (let written = 0; written < MEGABYTES; written++) writeSync(descriptor, piece)
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** Milliseconds. Nobody pays for what was written before. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  await runChecked('sync', [])
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

async function remove(helper: TestHelper, name: string): Promise<void> {
  await ask(helper, 'DELETE', `/images/${name}?force=1`)
  await emptyTrash(helper)
}

/** Deleting goes on when nobody waits, and would go on in the next one's time. */
async function emptyTrash(helper: TestHelper): Promise<void> {
  const trash = join(helper.dataRoot, 'trash')
  await runChecked('/bin/sh', ['-c', 'while [ -n "$(ls -A "$1")" ]; do sleep 0.1; done', 'sh', trash])
}

function assertDone({ error }: Transfer): void {
  if (error !== undefined) throw new Error(error)
}
