/** What networks cost: in starting containers, in packets and in names; beside dockerd where it is installed, each on a host of its own. */
import { existsSync } from 'node:fs'
import { dockerCli } from '../../test/support/docker.ts'
import { startHelper, type TestHelper } from '../../test/support/helper.ts'
import { makeNamespace, type NetworkNamespace, whyNoNamespaces } from '../../test/support/network-namespace.ts'
import { runChecked } from '../../test/support/run.ts'
import { BUSYBOX_IMAGE, type Dockerd, startDockerd } from './dockerd.ts'
import { ask, IMAGE, textMember } from './ours.ts'
import { type Contestant, printTable, Samples, takeTurns } from './samples.ts'

export interface NetworkVerdict {
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly atLeast?: boolean
}

const IPERF = '/usr/bin/iperf3'
const SECONDS = 2

/** Prints tables, and gives what there are aims for. */
export async function measureNetworks(rootfs: string): Promise<NetworkVerdict[]> {
  const reason = whyNoNamespaces()
  if (reason !== false) {
    console.log(`left out: networks: ${reason}`)
    return []
  }
  await using made = new AsyncDisposableStack()
  const host = made.use(await makeNamespace())
  const helper = made.use(await startHelper({ network: host }))
  await ask(helper, 'POST', `/pocker/images/import?folder=${encodeURIComponent(rootfs)}&name=${IMAGE}`)
  const theirHost = made.use(await makeNamespace())
  const dockerd = await startDockerd(rootfs, theirHost)
  if (typeof dockerd === 'string') console.log(`left out: ${dockerd}`)
  else made.use(dockerd)
  const theirs = typeof dockerd === 'string' ? undefined : { dockerd, host: theirHost }
  return [
    ...(await measureStarts(helper, theirs)),
    ...(await measureMany(helper)),
    ...(await measureNames(helper)),
    ...(await measurePackets({ helper, host }, theirs)),
  ]
}

interface Theirs {
  readonly dockerd: Dockerd
  readonly host: NetworkNamespace
}

async function measureStarts(helper: TestHelper, theirs: Theirs | undefined): Promise<NetworkVerdict[]> {
  await ask(helper, 'POST', '/networks/create', { Name: 'bench' })
  const contestant = (name: string, HostConfig: object): Contestant => ({
    samples: new Samples(`pocker: start to exit, ${name}`),
    once: async () => (await startToExit(helper, { HostConfig })).time,
  })
  const none = contestant('no network', { NetworkMode: 'none' })
  const bridge = contestant('default bridge', {})
  const named = contestant('user network with names', { NetworkMode: 'bench' })
  const port = contestant('default bridge, one port', { PortBindings: { '80/tcp': [{ HostPort: '' }] } })
  const ours = [none, bridge, named, port]
  await takeTurns(ours, { rounds: 200, warmUp: 10 })
  printTable(
    '7. networks: one container of true (ms)',
    ours.map(({ samples }) => samples),
  )
  const above = bridge.samples.quantile(0.5) - none.samples.quantile(0.5)
  if (theirs !== undefined) {
    const docker = (network: string): Contestant => ({
      samples: new Samples(`docker run --rm --network ${network}`),
      once: () => timed(() => dockerCli(theirs.dockerd.socket, ['run', '--rm', '--network', network, BUSYBOX_IMAGE, 'true'])),
    })
    const both = [docker('none'), docker('bridge')]
    await takeTurns(both, { rounds: 10, warmUp: 2 })
    printTable(
      '   the same by dockerd, with its command line',
      both.map(({ samples }) => samples),
    )
  }
  return [{ what: 'start on the default bridge above none, ms', value: above, limit: 2 }]
}

/** A hundred containers that stay, one after the other: the last ones must not take much longer than the first. */
async function measureMany(helper: TestHelper): Promise<NetworkVerdict[]> {
  const times: number[] = []
  const ids: string[] = []
  for (let count = 0; count < 100; count++) {
    const { Id } = await create(helper, { Cmd: ['/bin/probe', 'sleep-forever'], HostConfig: { NetworkMode: 'bench' } })
    ids.push(Id)
    times.push(await timed(() => ask(helper, 'POST', `/containers/${Id}/start`)))
  }
  const removals: number[] = []
  for (const id of ids) removals.push(await timed(() => ask(helper, 'DELETE', `/containers/${id}?force=1`)))
  const [first, last] = [median(times.slice(5, 25)), median(times.slice(-20))]
  console.log(
    `\n8. 100 containers on one network: start of the first 20 ${first.toFixed(2)} ms, of the last 20 ${last.toFixed(2)} ms; removal ${median(removals).toFixed(2)} ms`,
  )
  return [{ what: 'start of the 100th container, of the first', value: last / first, limit: 4 / 3 }]
}

/** Questions of one container, one after the other, by a program that lives in its network. */
async function measureNames(helper: TestHelper): Promise<NetworkVerdict[]> {
  const { Id } = await create(helper, { Cmd: ['/bin/probe', 'sleep-forever'], HostConfig: { NetworkMode: 'bench' }, Hostname: 'asked' })
  await ask(helper, 'POST', `/containers/${Id}/start`)
  const pid = await processOf(helper, Id)
  const script = `
    const query = Buffer.from('00070100000100000000000005${Buffer.from('asked').toString('hex')}0000010001', 'hex')
    const socket = require('node:dgram').createSocket('udp4')
    const times = []
    let begin
    const send = () => { begin = performance.now(); socket.send(query) }
    socket.on('message', () => {
      times.push(performance.now() - begin)
      if (times.length < 2000) return send()
      times.sort((a, b) => a - b)
      console.log(times[1000], times[1980], 1000 * times.length / times.reduce((a, b) => a + b))
      process.exit()
    })
    socket.connect(53, '127.0.0.11', send)`
  const text = await runChecked('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', script])
  await ask(helper, 'DELETE', `/containers/${Id}?force=1`)
  const [middle = 0, high = 0, rate = 0] = text.trim().split(' ').map(Number)
  console.log(
    `\n9. names: ${middle.toFixed(3)} ms p50, ${high.toFixed(3)} ms p99, ${rate.toFixed(0)} answers per second to one that asks one after the other`,
  )
  return [
    { what: 'an answer of the name server, ms (p50)', value: middle, limit: 1 },
    { what: 'answers of the name server per second', value: rate, limit: 1000, atLeast: true },
  ]
}

interface Place {
  /** Words of the docker command line. */
  readonly docker: (...words: string[]) => Promise<string>
  readonly host: NetworkNamespace
  readonly image: string
}

async function measurePackets(ours: { helper: TestHelper; host: NetworkNamespace }, theirs: Theirs | undefined): Promise<NetworkVerdict[]> {
  if (!existsSync(IPERF)) {
    console.log('left out: iperf3 is not installed')
    return []
  }
  const places: Place[] = [{ docker: cli(ours.helper.socket), host: ours.host, image: IMAGE }]
  if (theirs !== undefined) places.push({ docker: cli(theirs.dockerd.socket), host: theirs.host, image: BUSYBOX_IMAGE })
  const figures: { port: number; between: number }[] = []
  const rounds: { port: number; between: number }[][] = places.map(() => [])
  for (let round = 0; round < 3; round++) for (const [index, place] of places.entries()) rounds[index]?.push(await measurePlace(place))
  for (const list of rounds)
    figures.push({ port: median(list.map(({ port }) => port)), between: median(list.map(({ between }) => between)) })
  const [our, their] = figures
  if (our === undefined) return []
  const line = ({ port, between }: { port: number; between: number }) =>
    `through a published port ${port.toFixed(1)}, between containers ${between.toFixed(1)}`
  console.log(`\n10. TCP (Gbit/s): pocker ${line(our)}${their === undefined ? '' : `; dockerd ${line(their)}`}`)
  if (their === undefined) return []
  return [
    { what: 'TCP through a published port, of dockerd’s', value: our.port / their.port, limit: 0.95, atLeast: true },
    { what: 'TCP between containers, of dockerd’s', value: our.between / their.between, limit: 0.95, atLeast: true },
  ]
}

async function measurePlace({ docker, host, image }: Place): Promise<{ port: number; between: number }> {
  // The host's iperf3, in the containers' networks: their images have none.
  const network = 'bench-iperf'
  await docker('network', 'create', network)
  for (const [name, ...words] of [['server', '-p', '127.0.0.1:5201:5201'], ['client']]) {
    await docker('run', '-d', '--name', `${name}`, '--network', network, ...words, image, '/bin/probe', 'sleep-forever')
  }
  const pid = async (name: string) => (await docker('inspect', '-f', '{{.State.Pid}}', name)).trim()
  const address = (await docker('inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, 'server')).trim()
  const [server, client] = [await pid('server'), await pid('client')]
  const serve = host.start('nsenter', `--net=/proc/${server}/ns/net`, IPERF, '-s')
  try {
    const measure = async (words: readonly string[]) => {
      for (let attempt = 0; ; attempt++) {
        try {
          const json: unknown = JSON.parse(await runChecked(words[0] ?? '', words.slice(1)))
          return bitsOf(json) / 1e9
        } catch (error) {
          // It does not listen at once.
          if (attempt === 20) throw error
        }
      }
    }
    const between = await measure(['nsenter', `--net=/proc/${client}/ns/net`, IPERF, '-c', address, '-t', String(SECONDS), '-J'])
    const port = await measure([...host.enter(IPERF, '-c', '127.0.0.1', '-t', String(SECONDS), '-J')])
    return { port, between }
  } finally {
    serve.kill()
    await docker('rm', '-f', 'server', 'client')
    await docker('network', 'rm', network)
  }
}

function bitsOf(result: unknown): number {
  const at = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined)
  return Number(at(at(at(result, 'end'), 'sum_received'), 'bits_per_second'))
}

function cli(socket: string): Place['docker'] {
  return async (...words) => {
    const { code, stdout, stderr } = await dockerCli(socket, words)
    if (code !== 0) throw new Error(`docker ${words.join(' ')}: ${stderr}`)
    return stdout
  }
}

async function startToExit(helper: TestHelper, body: object): Promise<{ time: number }> {
  const { Id } = await create(helper, { Cmd: ['/bin/true'], ...body })
  const time = await timed(async () => {
    await ask(helper, 'POST', `/containers/${Id}/start`)
    await ask(helper, 'POST', `/containers/${Id}/wait`)
  })
  await ask(helper, 'DELETE', `/containers/${Id}`)
  return { time }
}

async function create(helper: TestHelper, body: object): Promise<{ Id: string }> {
  return { Id: textMember(await ask(helper, 'POST', '/containers/create', { Image: IMAGE, ...body }), 'Id') }
}

async function processOf(helper: TestHelper, id: string): Promise<string> {
  const answer = await ask(helper, 'GET', `/containers/${id}/json`)
  const state: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'State') : undefined
  return String(typeof state === 'object' && state !== null ? Reflect.get(state, 'Pid') : '')
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}
