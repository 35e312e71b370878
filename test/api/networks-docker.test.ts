/** The same networks by Docker's own daemon and by ours: who reaches whom, what names mean, and what is told of it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BUSYBOX_IMAGE, type Dockerd, startDockerd } from '../../scripts/bench/dockerd.ts'
import { dockerCli } from '../support/docker.ts'
import { connectNamespaces, makeNamespace, type NetworkNamespace } from '../support/network-namespace.ts'
import { type NetworkedEngine, startNetworkedEngine, whyNoNetworkedEngine } from '../support/networked-engine.ts'

const skip = whyNoNetworkedEngine()

interface Place {
  readonly name: string
  readonly image: string
  readonly host: NetworkNamespace
  readonly outside: NetworkNamespace
  docker(...words: string[]): Promise<string>
}

describe('beside dockerd', { skip }, () => {
  let engine: NetworkedEngine
  let dockerd: Dockerd
  const spaces: NetworkNamespace[] = []
  const places: Place[] = []

  before(async () => {
    engine = await startNetworkedEngine()
    const [host, outside] = [await makeNamespace(), await makeNamespace()]
    spaces.push(host, outside)
    await connectNamespaces(
      { namespace: host, name: 'uplink', addresses: ['198.51.100.1/24'] },
      { namespace: outside, name: 'lan', addresses: ['198.51.100.2/24'] },
    )
    const started = await startDockerd(engine.rootfs, host)
    if (typeof started === 'string') assert.fail(started)
    dockerd = started
    const cli =
      (socket: string) =>
      async (...words: string[]) => {
        const { code, stdout, stderr } = await dockerCli(socket, words, { timeout: 30_000 })
        if (code !== 0) throw new Error(`docker ${words.join(' ')}: ${stderr}`)
        return stdout.trimEnd()
      }
    places.push({ name: 'pocker', image: 'tiny', host: engine.host, outside: engine.outside, docker: cli(engine.helper.socket) })
    places.push({ name: 'dockerd', image: BUSYBOX_IMAGE, host, outside, docker: cli(dockerd.socket) })
    for (const place of places) await build(place)
  })
  after(async () => {
    for (const { docker } of places) await docker('rm', '-f', ...CONTAINERS).catch(() => undefined)
    await engine?.[Symbol.asyncDispose]()
    await dockerd?.[Symbol.asyncDispose]()
    for (const space of spaces) await space[Symbol.asyncDispose]()
  })

  const CONTAINERS = ['d1', 'd2', 'n1', 'n2', 'both', 'closed']

  /** Ports are published with addresses that both understand alike: ours is safer where none is given. */
  async function build({ docker, image }: Place): Promise<void> {
    const serve = [image, 'httpd', '-f', '-p', '80', '-h', '/etc']
    await docker('network', 'create', '--subnet', '10.61.0.0/24', '--label', 'tier=front', 'net')
    await docker('network', 'create', '--subnet', '10.62.0.0/24', 'other')
    await docker('network', 'create', '--internal', '--subnet', '10.63.0.0/24', 'closed-net')
    await docker('run', '-d', '--name', 'd1', '-p', '0.0.0.0:8080:80', '--expose', '90', ...serve)
    await docker('run', '-d', '--name', 'd2', ...serve)
    await docker(
      'run',
      '-d',
      '--name',
      'n1',
      '--network',
      'net',
      '--network-alias',
      'web',
      '--ip',
      '10.61.0.50',
      '-p',
      '0.0.0.0:8081:80',
      '-p',
      '127.0.0.1:8082:80',
      ...serve,
    )
    await docker('run', '-d', '--name', 'n2', '--network', 'net', '--hostname', 'second', ...serve)
    await docker('run', '-d', '--name', 'both', '--network', 'net', ...serve)
    await docker('network', 'connect', '--alias', 'too', 'other', 'both')
    await docker('run', '-d', '--name', 'closed', '--network', 'closed-net', ...serve)
  }

  async function addressOf({ docker }: Place, name: string, network: string): Promise<string> {
    return await docker('inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, name)
  }

  async function reaches(place: Place, from: string, url: string): Promise<boolean> {
    const words = ['timeout', '2', 'busybox', 'wget', '-qO-', `http://${url}/group`]
    if (from === 'host' || from === 'outside') return (await place[from].try(...words)).code === 0
    return await place.docker('exec', from, ...words).then(
      () => true,
      () => false,
    )
  }

  async function targetsOf(place: Place): Promise<Record<string, string>> {
    const targets: Record<string, string> = {
      'localhost:8080': '127.0.0.1:8080',
      'localhost:8082': '127.0.0.1:8082',
      'lan:8080': '198.51.100.1:8080',
      'lan:8081': '198.51.100.1:8081',
      'lan:8082': '198.51.100.1:8082',
      outside: '198.51.100.2:80',
    }
    for (const [name, network] of [
      ['d1', 'bridge'],
      ['d2', 'bridge'],
      ['n1', 'net'],
      ['n2', 'net'],
      ['both', 'other'],
      ['closed', 'closed-net'],
    ] as const) {
      targets[name] = await addressOf(place, name, network)
    }
    return targets
  }

  async function matrix(place: Place): Promise<Record<string, boolean>> {
    const targets = await targetsOf(place)
    const result: Record<string, boolean> = {}
    for (const from of [...CONTAINERS, 'host', 'outside']) {
      // Its own loopback is nobody's published port.
      const asked = Object.entries(targets).filter(([name]) => (from === 'host' || !name.startsWith('localhost')) && from !== name)
      await Promise.all(asked.map(async ([name, url]) => Reflect.set(result, `${from} → ${name}`, await reaches(place, from, url))))
    }
    return result
  }

  /** What is reached at all is so in one of several attempts: a busy machine does not always answer in time. */
  async function reachesAtLast(place: Place, pair: string): Promise<boolean> {
    const [from = '', to = ''] = pair.split(' → ')
    const url = (await targetsOf(place))[to] ?? assert.fail(pair)
    for (let attempt = 0; attempt < 5; attempt++) if (await reaches(place, from, url)) return true
    return false
  }

  test('who reaches whom', async () => {
    for (const { outside } of places) outside.start('busybox', 'httpd', '-f', '-p', '80', '-h', '/etc')
    for (const { outside } of places) await outside.run('sh', '-c', 'until ss -Hltn sport = 80 | grep -q .; do sleep 0.05; done')
    const [ours, theirs] = await Promise.all(places.map(matrix))
    const different: Record<string, readonly boolean[]> = {}
    for (const pair of Object.keys(theirs ?? {}).filter((each) => ours?.[each] !== theirs?.[each])) {
      const answers = await Promise.all(places.map((place) => reachesAtLast(place, pair)))
      if (answers[0] !== answers[1]) different[pair] = answers
    }
    assert.deepEqual(different, {}, 'ours, and dockerd’s')
    assert.ok(Object.keys(ours ?? {}).length > 70)
  })

  test('names', async () => {
    const questions = [
      ['n1', 'n2'],
      ['n1', 'web'],
      ['n2', 'web'],
      ['both', 'n1'],
      ['n1', 'too'],
      ['both', 'too'],
      ['n1', 'closed'],
      ['d1', 'd2'],
      ['closed', 'closed'],
      ['n2', 'n1.net'],
    ]
    const answers = await Promise.all(
      places.map(async ({ docker }) =>
        Promise.all(
          questions.map(async ([from = '', name = '']) => {
            const { stdout } = await docker('exec', from, 'sh', '-c', `nslookup ${name}. || true`).then((text) => ({ stdout: text }))
            return `${from} ${name}: ${[...stdout.matchAll(/^Address: (10\.6\d)/gm)].map(([, start]) => start).join()}`
          }),
        ),
      ),
    )
    assert.deepEqual(answers[0], answers[1])
  })

  test('what inspect tells of containers', async () => {
    for (const name of CONTAINERS) {
      const [ours, theirs] = await Promise.all(places.map(async ({ docker }) => plain(await docker('inspect', name), 'NetworkSettings')))
      assert.partialDeepStrictEqual(ours, theirs, name)
    }
  })

  test('what inspect tells of networks', async () => {
    for (const name of ['net', 'other', 'closed-net']) {
      const [ours, theirs] = await Promise.all(places.map(async ({ docker }) => plain(await docker('network', 'inspect', name))))
      assert.partialDeepStrictEqual(ours, theirs, name)
    }
  })

  /** Without what is chosen at random or by the clock, and without the default network's addresses, which are not Docker's on purpose. */
  function plain(json: string, member?: string): unknown {
    const [parsed]: unknown[] = JSON.parse(json, (key, value: unknown) => {
      if (['SandboxID', 'SandboxKey', 'Created'].includes(key)) return undefined
      if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return 'ID'
      if (typeof value === 'string' && /^[0-9a-f]{12}$/.test(value)) return 'SHORT'
      if (typeof value === 'string' && /^02:42:/.test(value)) return 'MAC'
      if (typeof value === 'string' && /^172\.\d+\.\d+\.\d+$/.test(value)) return 'DEFAULT'
      if (key === 'IPPrefixLen' && (value === 16 || value === 20)) return 'DEFAULT'
      // None, written in one way or the other.
      if (key === 'DriverOpts' || key === 'IPAMConfig') return value ?? {}
      // In no order of Docker's that would mean anything.
      if (key.endsWith('/tcp') && Array.isArray(value)) return value.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      return value
    })
    const containers = Reflect.get(Object(parsed), 'Containers')
    if (containers !== undefined)
      Reflect.set(
        Object(parsed),
        'Containers',
        Object.values(Object(containers)).sort((a, b) =>
          String(Reflect.get(Object(a), 'Name')).localeCompare(String(Reflect.get(Object(b), 'Name'))),
        ),
      )
    return member === undefined ? parsed : Reflect.get(Object(parsed), member)
  }
})
