/** One host over SSH, so far away, against Docker's way to the same one. */
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { createEngineClient } from '../../src/client/http-client.ts'
import { connectTo } from '../../ssh/connection/connect.ts'
import { tarOf } from '../../ssh/delivery/payload.ts'
import { runScript } from '../../ssh/delivery/run-script.ts'
import { upload } from '../../ssh/delivery/upload.ts'
import { makeTemporaryFolder } from '../../test/support/folders.ts'
import { run, runChecked } from '../../test/support/run.ts'
import { builtPayload, remoteOf, writeSshConfig } from '../../test/support/ssh-client.ts'
import { makeSshMachine } from '../../test/support/ssh-machine.ts'
import { BUSYBOX_IMAGE, startDockerd } from './dockerd.ts'
import { printTable, Samples, takeTurns } from './samples.ts'
import type { SshVerdict } from './ssh.ts'

export interface Measuring {
  /** Milliseconds for there and back, made by the test's own relay: not every kernel has netem. The first packet of a connection is not delayed. */
  readonly delay: number
  readonly rootfs: string
}

const nothing = z.unknown()

/** Measures one host and prints what was measured. */
export async function measureHost({ delay, rootfs }: Measuring): Promise<readonly SshVerdict[]> {
  const away = delay === 0 ? 'near' : `${delay} ms away`
  const rounds = delay === 0 ? 20 : 6
  const verdicts: SshVerdict[] = []
  const verdict = (what: string, value: number, limit: number, bound: { atLeast?: true } = {}) => {
    verdicts.push({ what: `ssh ${away}, ${what}`, value, limit, ...bound })
  }
  await using folder = makeTemporaryFolder('bench-ssh')
  await using machine = await makeSshMachine({
    accounts: [{ name: 'root', uid: 0 }],
    config: 'SetEnv PATH=/usr/local/bin:/usr/bin:/bin',
    delay,
  })
  const home = writeSshConfig(machine, { user: 'root' })
  const ssh = ['-F', join(home, '.ssh/config'), '-o', `UserKnownHostsFile=${join(home, '.ssh/known_hosts')}`]
  writeFileSync(join(folder.path, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${ssh.join(' ')} "$@"\n`)
  chmodSync(join(folder.path, 'ssh'), 0o755)
  const env = { ...process.env, PATH: `${folder.path}:${process.env.PATH}`, HOME: home }
  const remote = remoteOf(home)
  await remote.connect({ questions: undefined })
  const client = createEngineClient({ connect: () => remote.openEngine(), reuse: true, apiVersion: () => '1.47' })
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now()
    await work()
    return performance.now() - began
  }

  const begin = (name: string) => async () => {
    await client.tell('POST', '/pocker/run', {
      query: { name },
      body: { Image: 'host', Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'none' } },
    })
  }
  await begin('bench')()
  const exec = async () => {
    const stream = await client.hijack('/pocker/containers/bench/exec', { body: { Cmd: ['true'], AttachStdout: true } })
    stream.resume()
    await once(stream, 'close')
  }
  const [list, start, execs] = ['list', 'create and start', 'exec'].map((name) => new Samples(`ours: ${name}, live connection`))
  const [dockerList, dockerExec, sshTrue, firstList] = [
    'docker -H ssh:// ps',
    'docker -H ssh:// exec',
    'ssh host true',
    'ours: connect and list',
  ].map((name) => new Samples(name))
  if (!list || !start || !execs || !dockerList || !dockerExec || !sshTrue || !firstList) return verdicts
  let count = 0
  const contestants = [
    { samples: list, once: () => timed(() => client.ask('GET', '/containers/json', nothing)) },
    { samples: start, once: () => timed(begin(`bench-${count++}`)) },
    { samples: execs, once: () => timed(exec) },
    { samples: sshTrue, once: () => timeOf('ssh', ['box', 'true'], env) },
    {
      samples: firstList,
      once: () =>
        timed(async () => {
          const other = remoteOf(home)
          await other.connect({ questions: undefined })
          const its = createEngineClient({ connect: () => other.openEngine(), reuse: true, apiVersion: () => '1.47' })
          await its.ask('GET', '/containers/json', nothing)
          its.close()
          other.disconnect()
        }),
    },
  ]
  const dockerd = await startDockerd(rootfs)
  try {
    if (typeof dockerd === 'string') console.log(`\n${dockerd}`)
    else {
      // The machine's own /tmp hides the daemon's socket; by the first process's root it is seen.
      const host = `ssh://box/proc/${process.pid}/root${dockerd.socket}`
      const docker = (...words: string[]) => timeOf('docker', ['-H', host, ...words], env)
      await docker('run', '-d', '--name', 'bench', '--network', 'none', BUSYBOX_IMAGE, 'sleep', '1000')
      contestants.push(
        { samples: dockerList, once: () => docker('ps') },
        { samples: dockerExec, once: () => docker('exec', 'bench', 'true') },
      )
    }
    await takeTurns(contestants, { rounds, warmUp: 2 })
  } finally {
    if (typeof dockerd !== 'string') await dockerd[Symbol.asyncDispose]()
  }
  printTable(`a host over SSH, ${away}: milliseconds`, [list, start, execs, dockerList, dockerExec])
  printTable(`the first time, ${away}: milliseconds`, [firstList, sshTrue])
  verdict('list', list.quantile(0.5), delay + 5)
  verdict('create and start', start.quantile(0.5), delay + 5)
  verdict('exec', execs.quantile(0.5), delay + 5)
  verdict('connect and list, of ssh host true', firstList.quantile(0.5) / sshTrue.quantile(0.5), 1.5)
  verdict('terminal echo', await echo(client), delay + 5)

  const payload = builtPayload(process.arch)
  if (payload === undefined) return verdicts
  const pieces: Buffer[] = []
  for await (const piece of tarOf(payload)) pieces.push(piece)
  const tar = Buffer.concat(pieces)
  const plain = await timeOf('ssh', ['box', 'cat >/tmp/plain'], env, tar)
  const connection = await connectTo(
    { host: 'box' },
    { place: { files: { user: join(home, '.ssh/config'), home }, env: {} }, questions: undefined },
  )
  // As a host is looked at before anything is sent there, by which it is known how far away it is.
  await runScript(connection, { text: 'say ready\n', words: {} })
  const ours = await timed(() => upload(connection, { payload }))
  connection.close()
  const rate = (time: number) => (tar.length / 1e6 / (time / 1000)).toFixed(0)
  console.log(`\n${(tar.length / 1e6).toFixed(0)} MB to a host ${away}: ours ${rate(ours)} MB/s, ssh 'cat >file' ${rate(plain)} MB/s`)
  verdict('upload, of ssh cat', plain / ours, 0.8, { atLeast: true })

  writeFileSync(join(folder.path, 'layer.tar'), await randomTar(folder.path))
  const image = readFileSync(join(folder.path, 'layer.tar'))
  const plainImage = await timeOf('ssh', ['box', 'cat >/tmp/plain'], env, image)
  const { Readable } = await import('node:stream')
  const copied = await timed(async () => {
    const query = { fromSrc: '-', repo: 'bench', tag: '1' }
    for await (const _line of client.lines('POST', '/images/create', nothing, { query, input: Readable.from([image]), timeout: 0 }));
  })
  console.log(
    `${(image.length / 1e6).toFixed(0)} MB of an image: ours ${(image.length / copied / 1000).toFixed(0)} MB/s, ssh 'cat >file' ${(image.length / plainImage / 1000).toFixed(0)} MB/s`,
  )
  verdict('image, of ssh cat', plainImage / copied, 0.8, { atLeast: true })
  client.close()
  remote.disconnect()
  return verdicts
}

/** Milliseconds of a program. Errors: its exit code. */
async function timeOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv, input?: Uint8Array): Promise<number> {
  const began = performance.now()
  const { code, stderr } = await run(command, args, { env, ...(input === undefined ? {} : { input }) })
  if (code !== 0) throw new Error(`run ${command} ${args.join(' ')}: ${stderr}`)
  return performance.now() - began
}

/** Milliseconds from a key to its echo, the median of some. */
async function echo(client: ReturnType<typeof createEngineClient>): Promise<number> {
  const { Id } = await client.ask('POST', '/containers/bench/exec', z.object({ Id: z.string() }), {
    body: { Cmd: ['sh', '-c', 'stty -icanon -echo; echo ready; exec cat'], AttachStdin: true, AttachStdout: true, Tty: true },
  })
  const stream = await client.hijack(`/exec/${Id}/start`, { body: { Tty: true } })
  let seen = ''
  while (!seen.includes('ready')) seen += String((await once(stream, 'data'))[0])
  const samples = new Samples('echo')
  for (let count = 0; count < 20; count++) {
    const began = performance.now()
    stream.write('x')
    await once(stream, 'data')
    samples.add(performance.now() - began)
  }
  stream.destroy()
  return samples.quantile(0.5)
}

/** A tar of bytes that do not compress. */
async function randomTar(folder: string): Promise<Buffer> {
  await runChecked('sh', ['-c', 'cd "$0" && head -c 100000000 /dev/urandom > data && tar -cf random.tar data && rm data', folder])
  return readFileSync(join(folder, 'random.tar'))
}
