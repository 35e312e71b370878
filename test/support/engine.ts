/** A helper with the test root filesystem as image `tiny`, and dockerode as its client. */
import { setTimeout as sleep } from 'node:timers/promises'
import Docker from 'dockerode'
import { listDockerClients, whyNoDocker } from './docker.ts'
import { type HelperOptions, startHelper, type TestHelper, whyNoHelper } from './helper.ts'
import { makeRootfs, whyNoRootfs } from './rootfs.ts'
import type { RunResult } from './run.ts'

/** Milliseconds after which a command line is taken to hang: the docker client ignores SIGTERM while it waits. */
const COMMAND_DEADLINE = 30_000

export interface TestEngine extends AsyncDisposable {
  readonly helper: TestHelper
  readonly dockerode: Docker
  /** The unpacked folder of image `tiny`. */
  readonly rootfs: string
  /** `docker WORDS`, ended by SIGKILL after 30 s. */
  docker(...words: string[]): Promise<RunResult>
  /** `dist/pocker WORDS`, likewise. */
  pocker(...words: string[]): Promise<RunResult>
}

/** What is missing for a test engine, as a sentence, or false: the value of a test's `skip`. */
export function whyNoEngine(): string | false {
  return whyNoHelper() ?? whyNoRootfs() ?? whyNoDocker() ?? false
}

/** Starts one. Dispose of it as of a helper. */
export async function startEngine(options: HelperOptions = {}): Promise<TestEngine> {
  const rootfs = await makeRootfs()
  const helper = await startHelper(options).catch(async (error: unknown) => {
    await rootfs[Symbol.asyncDispose]()
    throw error
  })
  const engine: TestEngine = {
    helper,
    rootfs: rootfs.path,
    dockerode: new Docker({ socketPath: helper.socket }),
    docker: (...words) => helper.docker(words, { timeout: COMMAND_DEADLINE }),
    pocker: (...words) => helper.pocker(words, { timeout: COMMAND_DEADLINE }),
    async [Symbol.asyncDispose]() {
      await helper[Symbol.asyncDispose]()
      await rootfs[Symbol.asyncDispose]()
    },
  }
  const imported = await engine.pocker('import', rootfs.path, 'tiny')
  if (imported.code !== 0) throw new Error(`import the test root filesystem: ${imported.stderr}`)
  return engine
}

/** The docker client that tests start when they need its process itself. */
export function dockerProgram(): string {
  return listDockerClients()[0] ?? 'docker'
}

/** Asks every 10 ms until the answer is true: for what nothing announces. Errors: when it is not within `seconds` (20). */
export async function eventually(what: string, ask: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`wait until ${what}: not so within ${seconds} s`)
    await sleep(10)
  }
}
