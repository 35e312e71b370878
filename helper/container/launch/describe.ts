/** A plan in words: what `pocker run --explain` prints, a trace shows and a launch error names. */
import { linux } from '../../linux/constants.ts'
import { type Call, Cell, CellPlace, CellValue, type Item, Label, type Word } from '../../linux/program.ts'
import type { Part, Plan } from './plan.ts'

export interface DescribedCall {
  readonly call: string
  readonly text: string
}

export interface DescribedStep {
  readonly step: string
  readonly part: Part
  readonly calls: readonly DescribedCall[]
}

/** The plan's steps with their system calls in order, without the interpreter's own arithmetic. */
export function describePlan(plan: Plan): DescribedStep[] {
  return plan.steps.map(({ name, part, from }, index) => ({
    step: name,
    part,
    calls: plan.program.items
      .slice(from, plan.steps[index + 1]?.from)
      .filter(isSystemCall)
      .map((call) => ({ call: call.name, text: describeArguments(call).join(', ') })),
  }))
}

function isSystemCall(item: Item): item is Call {
  return !(item instanceof Label) && item !== 'end' && item.name !== 'subtract'
}

/** Where a call takes permission bits. */
const MODES: Readonly<Partial<Record<Call['name'], number>>> = { openat: 3, mkdirat: 2, mknodat: 2, umask: 0 }

/** A call's arguments as a person would write them, with the structures that matter taken apart. */
export function describeArguments(call: Call): string[] {
  return call.args.map((word, index) => {
    if (MODES[call.name] === index && typeof word === 'number' && word !== 0) return `0${word.toString(8)}`
    if (call.name === 'openat2' && index === 2) return describeOpen(word)
    if (call.name === 'mount_setattr' && index === 3) return describeAttributes(word)
    if (call.name === 'clone3' && index === 0) return `{${namesIn(wordAt(word, 0), 'CLONE_')}, signal ${wordAt(word, 4)}}`
    if (call.name === 'prlimit64' && index === 2) return `{${wordAt(word, 0)}, ${wordAt(word, 1)}}`
    if (call.name === 'capset' && index === 1 && word instanceof Uint8Array)
      return `{${[...new Uint32Array(word.slice().buffer)].map((part) => part.toString(16)).join(' ')}}`
    return describeWord(word)
  })
}

/** How `openat2` opens: its flags, and its rules of path resolution. */
export function describeOpen(word: Word | undefined): string {
  const mode = wordAt(word, 1) === 0 ? '' : ` 0${wordAt(word, 1).toString(8)}`
  return `{${namesIn(wordAt(word, 0), 'O_')}${mode}; ${namesIn(wordAt(word, 2), 'RESOLVE_')}}`
}

function describeAttributes(word: Word | undefined): string {
  const propagation = wordAt(word, 2) === 0 ? '' : `, ${namesIn(wordAt(word, 2), 'MS_')}`
  return `{set ${namesIn(wordAt(word, 0), 'MOUNT_ATTR_')}, clear ${namesIn(wordAt(word, 1), 'MOUNT_ATTR_')}${propagation}}`
}

function wordAt(word: Word | undefined, index: number): number {
  if (!(word instanceof Cell)) throw new TypeError('not a structure')
  return Number(new DataView(word.bytes.buffer, word.bytes.byteOffset).getBigInt64(8 * index, true))
}

/** Set bits by their header names, sorted: some differ by architecture. */
function namesIn(value: number, prefix: string): string {
  const names = Object.entries(linux).filter(([name, bit]) => name.startsWith(prefix) && bit !== 0 && BigInt(value) & BigInt(bit))
  const rest = names.reduce((left, [, bit]) => left & ~BigInt(bit), BigInt(value))
  return [...names.map(([name]) => name).sort(), ...(rest === 0n ? [] : [`0x${rest.toString(16)}`])].join('|') || '0'
}

/** One argument as a person would write it. */
export function describeWord(word: Word): string {
  if (typeof word === 'number') return word === -100 ? 'AT_FDCWD' : String(word)
  if (typeof word === 'string') return JSON.stringify(word)
  if (word instanceof Uint8Array) return `<${word.length} bytes>`
  if (word instanceof CellValue) return word.cell.name === '' ? '<result>' : `<${word.cell.name}>`
  if (word instanceof Cell) return describeCell(word)
  if (word instanceof CellPlace) return `&${word.cell.name}+${word.offset}`
  return word.text
}

function describeCell(cell: Cell): string {
  if (cell.name !== '') return `&${cell.name}`
  const texts = cell.pointers.map((pointer) => pointer.to).filter((to) => typeof to === 'string')
  return texts.length > 0 ? `[${texts.map((text) => JSON.stringify(text)).join(', ')}]` : `<${cell.size} bytes>`
}
