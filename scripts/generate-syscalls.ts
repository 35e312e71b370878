/**
 * Writes `helper/container/seccomp/syscall-table.ts` from the kernel's user headers.
 *
 * `node scripts/generate-syscalls.ts [arm-include]`: needs `cc` and Debian's linux-libc-dev; `arm-include` is the include folder of
 * linux-libc-dev-armhf-cross (default: where that package installs it).
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const target = join(import.meta.dirname, '../helper/container/seccomp/syscall-table.ts')
const armInclude = process.argv[2] ?? '/usr/arm-linux-gnueabihf/include'
const WIDTH = 138

// Calls newer than distributions' headers. Since 424 every architecture gives a call the same number.
const uniform: Readonly<Record<string, number>> = {
  cachestat: 451,
  fchmodat2: 452,
  map_shadow_stack: 453,
  futex_wake: 454,
  futex_wait: 455,
  futex_requeue: 456,
  statmount: 457,
  listmount: 458,
  lsm_get_self_attr: 459,
  lsm_set_self_attr: 460,
  lsm_list_modules: 461,
  mseal: 462,
  setxattrat: 463,
  getxattrat: 464,
  listxattrat: 465,
  removexattrat: 466,
  open_tree_attr: 467,
  file_getattr: 468,
  file_setattr: 469,
}

interface Source {
  readonly architecture: string
  readonly include: string
  readonly compilerFlags: readonly string[]
  readonly more?: Readonly<Record<string, number>>
}

const sources: readonly Source[] = [
  // Given numbers of x86-64's old range after 6.1.
  { architecture: 'amd64', include: 'asm/unistd_64.h', compilerFlags: [], more: { uretprobe: 335, uprobe: 336 } },
  { architecture: 'x86', include: 'asm/unistd_32.h', compilerFlags: [] },
  {
    architecture: 'arm64',
    include: 'asm-generic/unistd.h',
    // What arch/arm64/include/uapi/asm/unistd.h defines.
    compilerFlags: ['RENAMEAT', 'NEW_STAT', 'SET_GET_RLIMIT', 'SYS_CLONE3', 'MEMFD_SECRET'].map((name) => `-D__ARCH_WANT_${name}`),
  },
  { architecture: 'arm', include: 'asm/unistd.h', compilerFlags: ['-nostdinc', `-I${armInclude}`, '-D__ARM_EABI__'] },
]

function readNumbers(source: Source): ReadonlyMap<string, number> {
  const { status, stdout, stderr } = spawnSync('cc', ['-E', '-dM', '-x', 'c', ...source.compilerFlags, '-'], {
    input: `#include <${source.include}>\n`,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`read ${source.include} for ${source.architecture}: ${stderr}`)
  const macros = new Map<string, string>()
  for (const [, name = '', value = ''] of stdout.matchAll(/^#define (\w+)[ \t]+(.+)$/gm)) macros.set(name, value)
  const numbers = new Map(Object.entries({ ...uniform, ...source.more }))
  for (const name of macros.keys()) {
    const call = /^__(?:ARM_)?NR_([a-z_]\w*)$/.exec(name)?.[1]
    if (call !== undefined && !['syscalls', 'arch_specific_syscall'].includes(call)) numbers.set(call, evaluate(name, macros))
  }
  return numbers
}

/** Macros here are numbers, other macros, or sums of them in brackets. */
function evaluate(text: string, macros: ReadonlyMap<string, string>): number {
  let sum = 0
  for (const term of text.replaceAll(/[()\s]/g, '').split('+')) {
    const value = macros.get(term)
    sum += value === undefined ? Number(term) : evaluate(value, macros)
  }
  if (Number.isNaN(sum)) throw new Error(`evaluate '${text}': it is not a number`)
  return sum
}

/** `0 read write 5 fstat`: a number says where counting starts again. */
function encode(numbers: ReadonlyMap<string, number>): string {
  const words: string[] = []
  let next = -1
  for (const [name, number] of [...numbers].sort(([one, a], [other, b]) => a - b || (one < other ? -1 : 1))) {
    if (number !== next) words.push(`${number}`)
    words.push(name)
    next = number + 1
  }
  const lines = ['']
  for (const word of words) {
    const line = lines[lines.length - 1] ?? ''
    if (line.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}

const tables = sources.map((source) => `  ${source.architecture}: \`\n${encode(readNumbers(source))}\n\`,\n`)
writeFileSync(
  target,
  `/**
 * System call numbers per architecture, made by \`scripts/generate-syscalls.ts\` from the kernel's headers.
 * Names in the order of their numbers; a number says where counting starts again.
 */
export const syscallNames = {
${tables.join('')}} as const
`,
)
