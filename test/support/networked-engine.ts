/** An engine with a network of its own: its host is a network namespace, and there is another host on its LAN. */
import { once } from 'node:events'
import { join } from 'node:path'
import { startEngine, type TestEngine, whyNoEngine } from './engine.ts'
import type { HelperOptions } from './helper.ts'
import { connectNamespaces, makeNamespace, type NetworkNamespace, whyNoNamespaces } from './network-namespace.ts'

export interface NetworkedEngine extends TestEngine {
  /** What the helper takes for its host, at 198.51.100.1. */
  readonly host: NetworkNamespace
  /** Another machine of its LAN, at 198.51.100.2. */
  readonly outside: NetworkNamespace
  /** `docker WORDS`; what it printed, without the last line end. Errors: an exit code other than 0. */
  run(...words: string[]): Promise<string>
  /** What `docker inspect` finds at the path of a template, parsed. */
  inspect(name: string, template: string): Promise<unknown>
}

/** What is missing, as a sentence, or false. */
export function whyNoNetworkedEngine(): string | false {
  return whyNoEngine() || whyNoNamespaces()
}

/** Starts one. */
export async function startNetworkedEngine(options: HelperOptions = {}): Promise<NetworkedEngine> {
  await using made = new AsyncDisposableStack()
  const host = made.use(await makeNamespace())
  const outside = made.use(await makeNamespace())
  await connectNamespaces(
    { namespace: host, name: 'uplink', addresses: ['198.51.100.1/24', '192.0.2.53/32'] },
    { namespace: outside, name: 'lan', addresses: ['198.51.100.2/24'] },
  )
  const engine = made.use(await startEngine({ ...options, network: host }))
  const kept = made.move()
  return {
    ...engine,
    host,
    outside,
    async run(...words) {
      const { code, stdout, stderr } = await engine.docker(...words)
      if (code !== 0) throw new Error(`docker ${words.join(' ')}: exit code ${code}: ${stderr}`)
      return stdout.trimEnd()
    },
    async inspect(name, template) {
      return JSON.parse((await engine.docker('inspect', '--format', `{{json ${template}}}`, name)).stdout)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Starts the name server of test/fixtures there; it is ended with the namespace. */
export async function startUpstream(host: NetworkNamespace): Promise<void> {
  const server = host.start(
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, '../fixtures/name-server.fixture.ts'),
  )
  if (server.stdout !== null) await once(server.stdout, 'data')
}
