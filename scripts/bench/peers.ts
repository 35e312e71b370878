/** The other runtimes, as far as they are installed, each ready to run `true` in the same root filesystem. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, runChecked } from '../../test/support/run.ts'
import { type Stopwatch, startStopwatch } from './stopwatch.ts'

export interface Peer {
  readonly name: string
  readonly stopwatch: Stopwatch
}

export interface PeerPlace {
  readonly folder: string
  readonly rootfs: string
  readonly stopwatch: string
}

/** All that are here and work; says on stdout which are not and why. */
export async function findPeers(place: PeerPlace): Promise<Peer[]> {
  const peers: Peer[] = []
  for (const find of [findCrun, findRunc, findBwrap]) {
    const found = await find(place)
    if (typeof found === 'string') console.log(`left out: ${found}`)
    else peers.push(found)
  }
  return peers
}

async function findCrun(place: PeerPlace): Promise<Peer | string> {
  if (!(await isThere('crun'))) return 'crun is not installed'
  const bundle = await makeBundle('crun', place)
  const stopwatch = startStopwatch(place.stopwatch, ['crun', `--root=${join(place.folder, 'crun-state')}`, 'run', '-b', bundle, '@'], {
    withoutUnifiedCgroup: existsSync('/sys/fs/cgroup/unified'),
  })
  return await tryOnce({ name: 'crun run (whole process)', stopwatch })
}

async function findRunc(place: PeerPlace): Promise<Peer | string> {
  if (!(await isThere('runc'))) return 'runc is not installed'
  const bundle = await makeBundle('runc', place)
  const stopwatch = startStopwatch(place.stopwatch, ['runc', `--root=${join(place.folder, 'runc-state')}`, 'run', '-b', bundle, '@'])
  return await tryOnce({ name: 'runc run (whole process)', stopwatch })
}

async function findBwrap(place: PeerPlace): Promise<Peer | string> {
  if (!(await isThere('bwrap'))) return 'bwrap is not installed'
  const words = ['--unshare-all', '--bind', place.rootfs, '/', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '/bin/true']
  return await tryOnce({ name: 'bwrap (whole process)', stopwatch: startStopwatch(place.stopwatch, ['bwrap', ...words]) })
}

async function isThere(command: string): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'command -v "$1"', 'sh', command])).code === 0
}

/** The runtime's own default specification, which has no seccomp filter: what that costs is in our times only. */
async function makeBundle(runtime: string, place: PeerPlace): Promise<string> {
  const bundle = join(place.folder, `${runtime}-bundle`)
  mkdirSync(bundle)
  await runChecked(runtime, ['spec'], { cwd: bundle })
  const path = join(bundle, 'config.json')
  const spec: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof spec !== 'object' || spec === null || !('process' in spec) || typeof spec.process !== 'object')
    throw new Error(`read ${path}: no process`)
  writeFileSync(
    path,
    JSON.stringify({ ...spec, process: { ...spec.process, args: ['/bin/true'], terminal: false }, root: { path: place.rootfs } }),
  )
  return bundle
}

async function tryOnce(peer: Peer): Promise<Peer | string> {
  try {
    await peer.stopwatch.time(1)
    return peer
  } catch (error) {
    peer.stopwatch[Symbol.dispose]()
    return `${peer.name} does not work here: ${error instanceof Error ? error.message : String(error)}`
  }
}
