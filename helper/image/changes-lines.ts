/** Dockerfile lines taken apart as BuildKit's parser does it (frontend/dockerfile/parser). */
import { badChange } from './changes-words.ts'

/** One instruction. */
export interface Instruction {
  /** In capitals, such as `ENV`. */
  readonly name: string
  /** What stands before the first argument as `--name=value`. */
  readonly flags: ReadonlyMap<string, string>
  /** All behind the flags. */
  readonly rest: string
  /** As it was written, lines put together. */
  readonly text: string
}

const CONTINUES = /(^|[^\\])\\[ \t]*$/
const COMMENT = /^\s*#/

/** The instructions of `changes`, which are the lines of one file: comments left out, a backslash at a line's end joins the next to it. */
export function splitInstructions(changes: readonly string[]): Instruction[] {
  const instructions: Instruction[] = []
  let open = ''
  let continues = false
  for (const line of changes.join('\n').split(/\r?\n/)) {
    if (COMMENT.test(line) || (continues && line.trim() === '')) continue
    continues = CONTINUES.test(line)
    open += (open === '' ? line.trimStart() : line).replace(CONTINUES, '$1')
    if (continues) continue
    if (open.trim() !== '') instructions.push(readInstruction(open.trim()))
    open = ''
  }
  if (open.trim() !== '') instructions.push(readInstruction(open.trim()))
  return instructions
}

function readInstruction(text: string): Instruction {
  const [, word = '', behind = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? []
  const flags = new Map<string, string>()
  let rest = behind
  for (;;) {
    const flag = /^--(\S*)(?:\s+|$)/.exec(rest)
    if (flag === null) break
    rest = rest.slice(flag[0].length)
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(flag[1] ?? '') ?? []
    // `--` alone ends them.
    if (name === '') break
    if (flags.has(name)) throw badChange(`--${name} is given twice`, text)
    flags.set(name, value)
  }
  return { name: word.toUpperCase(), flags, rest, text }
}

/** The list that an exec form is; undefined for the shell form. Errors: `bad-change` for a list of other things than strings. */
export function readExecForm(text: string, line: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined
  const list = parseList(text)
  if (list === undefined) return undefined
  return list.map((word) => {
    if (typeof word === 'string') return word
    throw badChange('the list must hold strings alone', line)
  })
}

// What looks like a list but is none is a command of the shell, whose `[` is a program.
function parseList(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
