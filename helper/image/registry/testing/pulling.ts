/** Pulls in tests: stores of their own, a registry's answers at once, and a look at what is left. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ProgressMessage } from '../../../api/progress.ts'
import type { UnpackLayer } from '../../../archive/archive.ts'
import type { Progress, TransferOptions } from '../../../http/backend.ts'
import { pullImage } from '../../pull.ts'
import { makeTestImages, type TestImages } from '../../testing/test-image-context.ts'
import { openRegistries, type Registries, type RegistriesOptions } from '../registries.ts'

export interface TestPulls extends TestImages {
  readonly registries: Registries
  /** Pulls to the end. */
  pull(reference: string, options?: Partial<TransferOptions>): Promise<ProgressMessage[]>
  /** The pull fails with that code, and nothing is left of it. */
  refuses(reference: string, code: string, options?: Partial<TransferOptions>): Promise<Error>
  /** No image, blob, layer or beginning of one is in the stores. */
  assertEmpty(): void
}

export interface TestPullsOptions extends Partial<Omit<RegistriesOptions, 'dataRoot'>> {
  readonly unpackLayer?: UnpackLayer
}

export const NO_OPTIONS: TransferOptions = { auth: undefined, platform: undefined, signal: new AbortController().signal }

export function makeTestPulls(test: TestContext, { unpackLayer, ...options }: TestPullsOptions = {}): TestPulls {
  const images = makeTestImages(test, unpackLayer === undefined ? {} : { unpackLayer })
  const { context, place } = images
  const registries = openRegistries({
    dataRoot: context.dataRoot,
    dockerFolder: join(place, 'docker'),
    firstDelay: 1,
    timeouts: { stall: 2000 },
    ...options,
  })
  test.after(() => registries.close())
  const pull = async (reference: string, transfer: Partial<TransferOptions> = {}) =>
    readAll(await pullImage(context, registries, reference, { ...NO_OPTIONS, ...transfer }))

  function assertEmpty(): void {
    assert.deepEqual(context.records.list(), [])
    assert.deepEqual(context.content.list(), [])
    assert.deepEqual(readdirSync(join(context.dataRoot, 'content/ingest')), [])
    assert.deepEqual(readdirSync(join(context.dataRoot, 'layers')), [])
  }

  return {
    ...images,
    registries,
    pull,
    assertEmpty,
    async refuses(reference, code, transfer) {
      let failure: unknown
      await pull(reference, transfer).catch((error: unknown) => {
        failure = error
      })
      assert.ok(failure instanceof Error, 'the pull must fail')
      assert.equal('code' in failure ? failure.code : failure.message, code, failure.message)
      assertEmpty()
      return failure
    },
  }
}

/** All messages. Errors: the work's. */
export async function readAll(progress: Progress): Promise<ProgressMessage[]> {
  const messages: ProgressMessage[] = []
  for await (const message of progress) messages.push(message)
  return messages
}

/** What the messages say, in their order: `Pull complete 012345678901`. */
export function said(messages: readonly ProgressMessage[]): string[] {
  return messages.map(({ status = '', id }) => (id === undefined ? status : `${status} ${id}`))
}
