/** Plans of an example host, and what they say call by call, with the words of the kernel's headers instead of numbers. */
import { type Call, type Cell, CellValue, Label, type Program, type Word } from '../linux/program.ts'
import type { CgroupHost } from './cgroup/host.ts'
import { planCgroup } from './cgroup/plan.ts'
import { describeArguments } from './launch/describe.ts'
import type { LaunchContext } from './launch-context.ts'
import type { Spec } from './oci.ts'
import { buildSpec, type SpecInput } from './spec/build.ts'
import { exampleHost } from './spec/example-host.fixture.ts'

const ID = '0123456789abcdef'.repeat(4)

export const v1: CgroupHost = {
  mode: 'v1',
  mounts: new Map(
    Object.entries({ cpu: '/cg/cpu,cpuacct', cpuacct: '/cg/cpu,cpuacct', devices: '/cg/devices', memory: '/cg/memory', pids: '/cg/pids' }),
  ),
  unifiedControllers: [],
}
export const v2: CgroupHost = { mode: 'v2', mounts: new Map(), unified: '/cg', unifiedControllers: ['cpu', 'io', 'memory', 'pids'] }

/** The spec of `run busybox`, but for what `more` says. */
export function exampleSpec(more: Partial<SpecInput> = {}): Spec {
  return buildSpec({
    id: ID,
    request: { Image: 'busybox' },
    imageConfig: { Cmd: ['sh'] },
    layers: ['/layers/2', '/layers/1'],
    imageMounts: [],
    userMounts: [],
    folders: { upper: '/c/upper', work: '/c/work', hosts: '/c/hosts', hostname: '/c/hostname', resolvConf: '/c/resolv.conf' },
    hostname: ID.slice(0, 12),
    user: { uid: 0, gid: 0, additionalGids: [0], home: '/root' },
    limits: {},
    host: exampleHost,
    ...more,
  })
}

/** Where the example container starts. Sources whose name begins with `folder` are folders. */
export function exampleContext(spec: Spec, options: Partial<LaunchContext> & { host?: CgroupHost } = {}): LaunchContext {
  const { host = v2, ...more } = options
  return {
    mountPoint: '/run/root',
    log: '/c/log',
    status: '/run/status',
    cgroup: planCgroup(host, { path: '/pocker/c1', resources: spec.linux.resources }),
    keeperGroups: ['/cg/pocker/keepers/cgroup.procs'],
    keeperProgram: 100,
    ...(spec.process.init ? { initProgram: 101 } : {}),
    openStdin: false,
    shared: new Map(),
    lastCapability: 40,
    isFolder: (mount) => mount.source.includes('folder'),
    ...more,
  }
}

/** The calls of a program, without the interpreter's own arithmetic. */
export function callsOf(program: Program): Call[] {
  return program.items.filter((item): item is Call => !(item instanceof Label) && item !== 'end' && item.name !== 'subtract')
}

/** One line a call, below the name of its step; labels, jumps and structures included, so that a change of any of them is seen. */
export function transcribe(program: Program): string[] {
  const lines: string[] = []
  let step = ''
  for (const item of program.items) {
    if (item === 'end') lines.push('  end')
    else if (item instanceof Label) lines.push(`${item.name}:`)
    else {
      if (item.step !== step) lines.push(`[${item.step}]`)
      step = item.step
      lines.push(`  ${item.name}(${describeArguments(item).join(', ')})${describeBranches(item)}`)
    }
  }
  return lines
}

/** What was taken away and added, each below the line that stands before it in both. */
export function compareLines(before: readonly string[], after: readonly string[]): string[] {
  // lengths[i][j]: how many lines before[i..] and after[j..] have in common, in order.
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  const common = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    const row = lengths[i]
    for (let j = after.length - 1; j >= 0 && row !== undefined; j--) {
      row[j] = before[i] === after[j] ? common(i + 1, j + 1) + 1 : Math.max(common(i + 1, j), common(i, j + 1))
    }
  }
  const lines: string[] = []
  let context = ''
  const change = (sign: string, line: string | undefined): void => {
    if (context !== '') lines.push(`  ${context}`)
    context = ''
    lines.push(`${sign} ${line}`)
  }
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    if (i < before.length && before[i] === after[j]) {
      context = before[i] ?? ''
      i++
      j++
    } else if (j >= after.length || (i < before.length && common(i + 1, j) >= common(i, j + 1))) change('-', before[i++])
    else change('+', after[j++])
  }
  return lines
}

function describeBranches(call: Call): string {
  const zero = call.onZero === undefined ? '' : ` zero → ${call.onZero.name}`
  const error = call.onError === undefined ? '' : ` error → ${call.onError.name}`
  return zero + error
}

/** The cell whose run-time value an argument is. */
export function cellOf(word: Word | undefined): Cell | undefined {
  return word instanceof CellValue ? word.cell : undefined
}
