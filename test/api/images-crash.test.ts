/** `kill -9` of the helper at many moments of work with images: afterwards the stores hold whole images only, and the same work succeeds. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeBulkyLayout } from '../support/bulky-image.ts'
import { skopeo } from '../support/debian-image.ts'
import { eventually } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { type ImageEngine, startImageEngine, whyNoImages } from '../support/image-engine.ts'
import { readStore } from '../support/image-store.ts'
import { loadImages, pullImage, saveImages, type Transfer } from '../support/image-transfer.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { makeRootfs } from '../support/rootfs.ts'
import { runChecked } from '../support/run.ts'
import { findTraces } from '../support/traces.ts'

const ROUNDS = 14
const LAYERS = 3

describe('kill -9 of the helper', { skip: whyNoImages() }, () => {
  let registry: TestRegistry
  let folder: TemporaryFolder
  let archive: string
  let reference: string
  before(async () => {
    folder = makeTemporaryFolder('crash')
    registry = await startRegistry()
    const layout = join(folder.path, 'layout')
    await writeBulkyLayout(layout, { name: 'localhost/bulky:latest', layers: LAYERS, megabytes: 4, files: 600 })
    archive = join(folder.path, 'bulky.tar')
    await runChecked('tar', ['-cf', archive, '-C', layout, '.'])
    reference = `${registry.address}/bulky:latest`
    await skopeo('copy', ...registry.skopeoFlags('dest'), `oci:${layout}`, `docker://${reference}`)
  })
  after(async () => {
    await registry?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  test('in a pull', async () => {
    await using engine = await startImageEngine()
    await killInRounds(engine, {
      name: reference,
      work: async () => assertWhole(await pullImage(engine.socket, reference)),
      undo: () => engine.docker('rmi', reference),
    })
  })

  test('in a load', async () => {
    await using engine = await startImageEngine()
    await killInRounds(engine, {
      name: 'localhost/bulky:latest',
      work: async () => assertWhole(await loadImages(engine.socket, archive)),
      undo: () => engine.docker('rmi', 'localhost/bulky:latest'),
    })
  })

  test('in a removal', async () => {
    await using engine = await startImageEngine()
    assertWhole(await pullImage(engine.socket, reference))
    await killInRounds(engine, {
      name: reference,
      // An image whose removal was cut short is there as before or is not there any more.
      work: async () => {
        const { status } = await engine.helper.request('DELETE', `/images/${reference}`)
        assert.ok(status === 200 || status === 404, String(status))
      },
      undo: async () => assertWhole(await pullImage(engine.socket, reference)),
      isRemoval: true,
    })
  })

  test('in a commit', async () => {
    await using engine = await startImageEngine()
    await using rootfs = await makeRootfs()
    await runChecked('tar', ['-cf', join(folder.path, 'tiny.tar'), '-C', rootfs.path, '.'])
    await engine.docker('import', join(folder.path, 'tiny.tar'), 'tiny')
    const fill = 'dd if=/dev/urandom of=/large bs=1M count=12 2>/dev/null; mkdir /many; for i in $(seq 600); do echo $i > /many/$i; done'
    await engine.docker('run', '--name', 'source', '--network', 'none', 'tiny', 'sh', '-c', fill)
    await killInRounds(engine, {
      name: 'committed:latest',
      work: async () => {
        const answer = await engine.helper.request('POST', '/commit?container=source&repo=committed')
        assert.equal(answer.status, 201, JSON.stringify(answer.body))
      },
      undo: () => engine.docker('rmi', 'committed:latest'),
    })
    assert.equal(await engine.docker('run', '--rm', '--network', 'none', 'tiny', 'echo', 'works'), 'works')
  })
})

interface Killed {
  readonly name: string
  /** Succeeds again and again. */
  readonly work: () => Promise<void>
  /** As it was before `work`. */
  readonly undo: () => Promise<unknown>
  /** `name` is there before and not after. */
  readonly isRemoval?: boolean
}

/** Begins the work, kills the helper a little later each time, looks at what the next one finds, and does the work to its end. */
async function killInRounds(engine: ImageEngine, { name, work, undo, isRemoval = false }: Killed): Promise<void> {
  const { dataRoot } = engine.helper
  const before = countStore(dataRoot)
  // The second time is the usual time: nothing is warmed up any more.
  await work()
  const afterwards = countStore(dataRoot)
  await undo()
  const begin = performance.now()
  await work()
  const usual = performance.now() - begin
  await undo()
  await eventually('all is as it was', () => JSON.stringify(countStore(dataRoot)) === JSON.stringify(before))

  let cut = 0
  for (let round = 0; round < ROUNDS; round++) {
    const doing = work().then(
      () => true,
      () => false,
    )
    await sleep((usual * (round + 0.5)) / ROUNDS)
    await engine.helper.end('SIGKILL')
    if (!(await doing)) cut++
    await eventually('no process is left', () => findTraces(dataRoot, { ids: [], except: -1 }).processes.length === 0)
    await engine.helper.restart()
    const isThere = (await engine.helper.request('GET', `/images/${name}/json`)).status === 200
    assert.deepEqual(
      countStore(dataRoot),
      isThere === isRemoval ? before : afterwards,
      `round ${round}: ${isThere ? 'there' : 'not there'}`,
    )
    if (isThere) await saveImages(engine.socket, [name], '/dev/null')
    if (isThere === isRemoval) await work()
    assert.deepEqual(countStore(dataRoot), afterwards)
    await undo()
  }
  assert.ok(cut > 0 || isRemoval, 'no round came in time')
  await eventually('the trash is empty', () => readdirSync(join(dataRoot, 'trash')).length === 0, 30)
}

function countStore(dataRoot: string): { blobs: number; layers: number; faults: readonly string[] } {
  const { blobs, layers, faults } = readStore(dataRoot)
  return { blobs: blobs.length, layers: layers.length, faults }
}

function assertWhole({ status, error }: Transfer): void {
  assert.deepEqual({ status, error }, { status: 200, error: undefined })
}
