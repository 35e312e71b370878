/** What tests of images begin with: a helper without images of its own, a registry, and what is in it. */
import { existsSync } from 'node:fs'
import Docker from 'dockerode'
import { dockerCli, whyNoDocker } from './docker.ts'
import { type HelperOptions, startHelper, type TestHelper, whyNoHelper } from './helper.ts'
import { registryProgram } from './registry.ts'

/** Milliseconds after which a command line is taken to hang. */
const COMMAND_DEADLINE = 60_000

export interface ImageEngine extends AsyncDisposable {
  readonly helper: TestHelper
  readonly socket: string
  readonly dockerode: Docker
  /** `docker WORDS`; what it printed, without the last line end. Errors: an exit code other than 0, with what it said. */
  docker(...words: string[]): Promise<string>
}

/** What is missing, as a sentence, or false: the value of a test's `skip`. */
export function whyNoImages(): string | false {
  return whyNoHelper() ?? whyNoDocker() ?? whyNoTool() ?? false
}

function whyNoTool(): string | undefined {
  if (registryProgram() === undefined) return 'no docker-registry: npm test as root unpacks it'
  const missing = ['skopeo', 'umoci', 'podman', 'mmdebstrap', 'getfattr', 'openssl'].find((name) => !existsSync(`/usr/bin/${name}`))
  return missing === undefined ? undefined : `no /usr/bin/${missing}: npm test as root installs it`
}

/** Starts one. */
export async function startImageEngine(options: HelperOptions = {}): Promise<ImageEngine> {
  const helper = await startHelper(options)
  return {
    helper,
    socket: helper.socket,
    dockerode: new Docker({ socketPath: helper.socket }),
    async docker(...words) {
      const { code, stdout, stderr } = await dockerCli(helper.socket, words, { timeout: COMMAND_DEADLINE })
      if (code !== 0) throw new Error(`docker ${words.join(' ')}: exit code ${code}: ${stderr}`)
      return stdout.trimEnd()
    },
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  }
}
