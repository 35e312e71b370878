/** A plan in words: what `pocker run --explain` prints and a launch error names. */
import { type Call, Cell, CellPlace, CellValue, Label, type Word } from '../../linux/program.ts'
import type { Plan } from './plan.ts'

export interface DescribedCall {
  readonly step: string
  readonly call: string
  readonly text: string
}

/** The plan's system calls in order, without the interpreter's own arithmetic. */
export function describePlan(plan: Plan): DescribedCall[] {
  return plan.program.items
    .filter((item): item is Call => !(item instanceof Label) && item !== 'end')
    .filter((call) => call.name !== 'subtract')
    .map((call) => ({ step: call.step, call: call.name, text: call.args.map(describeWord).join(', ') }))
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
