/** Launches without an engine above them: the launcher in this process, on folders of the test's own. Root only. */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { HostConfig } from '../../helper/api/host-config.ts'
import type { CgroupPlan } from '../../helper/container/cgroup/plan.ts'
import type { Mount, Spec } from '../../helper/container/oci.ts'
import { buildSpec } from '../../helper/container/spec/build.ts'
import { readHostFacts } from '../../helper/container/spec/host-facts.ts'
import { Launcher, type StartOptions } from '../../helper/engine/containers/launcher.ts'
import type { Running } from '../../helper/engine/containers/running.ts'
import { architecture } from '../../helper/linux/interpreter.ts'
import { makeTemporaryFolder } from './folders.ts'

export interface LaunchPlace extends AsyncDisposable {
  readonly path: string
  readonly launcher: Launcher
  /** The configuration of a container on the root filesystem at `layer`. */
  spec(layer: string, asked?: LaunchRequest): Spec
  options(more?: Partial<StartOptions>): StartOptions
  /** Starts a container, and waits with an init until it runs its command. Errors: as the launcher's. */
  start(layer: string, asked?: LaunchRequest, more?: Partial<StartOptions>): Promise<Running>
  /** Waits for the end and gives the exit code. */
  finish(running: Running): Promise<number | undefined>
}

export interface LaunchRequest {
  readonly args?: readonly string[]
  readonly terminal?: boolean
  readonly config?: HostConfig
  readonly mounts?: readonly Mount[]
}

export const noCgroup: CgroupPlan = { folders: [], writes: [], join: [], mounts: [], links: [], deviceRules: [] }

/** Makes a place; `keeperGroups` are files that each keeper writes 0 to. */
export function makeLaunchPlace(keeperGroups: readonly string[] = []): LaunchPlace {
  const folder = makeTemporaryFolder('launch')
  const at = (name: string) => join(folder.path, name)
  for (const name of ['root', 'upper', 'work']) mkdirSync(at(name))
  const host = readHostFacts(architecture)
  const unfinished = new Set<Running>()
  const place: LaunchPlace = {
    path: folder.path,
    launcher: new Launcher({ mountPoint: at('root'), keeperGroups, lastCapability: host.lastCapability }),
    spec: (layer, { args = ['/bin/probe', 'true'], terminal = false, config = {}, mounts = [] } = {}) => {
      const spec = buildSpec({
        id: '0123456789abcdef'.repeat(4),
        // The host's network, unless asked otherwise: namespaces that are made ahead would come and go between two counts.
        request: { Image: 'tiny', Cmd: [...args], Tty: terminal, HostConfig: { NetworkMode: 'host', ...config } },
        imageConfig: {},
        layers: [layer],
        imageMounts: [],
        userMounts: mounts,
        folders: { upper: at('upper'), work: at('work') },
        hostname: 'launch',
        user: { uid: 0, gid: 0, additionalGids: [0], home: '/root' },
        limits: {},
        host,
      })
      // No cgroups here: they have tests of their own.
      return { ...spec, mounts: spec.mounts.filter(({ type }) => type !== 'cgroup') }
    },
    options: (more = {}) => ({
      log: at('log'),
      status: at('status'),
      logHalf: 0,
      cgroup: noCgroup,
      openStdin: false,
      shared: new Map(),
      isFolder: ({ source }) => statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? true,
      timed: false,
      ...more,
    }),
    async start(layer, asked, more) {
      const started = await place.launcher.start(place.spec(layer, asked), place.options(more))
      unfinished.add(started.running)
      await started.confirmed
      return started.running
    },
    async finish(running) {
      const exit = await running.exited
      running.close()
      unfinished.delete(running)
      return exit?.code
    },
    async [Symbol.asyncDispose]() {
      for (const running of unfinished) {
        running.signal(9)
        await place.finish(running)
      }
      await folder[Symbol.asyncDispose]()
    },
  }
  return place
}

/** What this process has open, has mounted and has for children, to be compared before and after. */
export function countOwn(): { descriptors: number; mounts: number; children: string } {
  const tasks = readdirSync('/proc/self/task').map((task) => readFileSync(`/proc/self/task/${task}/children`, 'latin1').trim())
  return {
    // Network namespaces that are made ahead come and go in their own time.
    descriptors: readdirSync('/proc/self/fd').filter((fd) => !linkOf(`/proc/self/fd/${fd}`).startsWith('net:')).length,
    mounts: readFileSync('/proc/self/mountinfo', 'latin1').split('\n').length,
    children: tasks.filter((text) => text !== '').join(' '),
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // the descriptor that read the folder
  }
}
