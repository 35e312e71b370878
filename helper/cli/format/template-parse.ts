import { templateError } from './template-error.ts'
import type { Token } from './template-tokens.ts'
import { tokenize } from './template-tokens.ts'

/** What a command of a pipeline is made of: a start, and the fields taken of it. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'dot'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly path: readonly string[] }

/** Commands joined by `|`; each is an operand and its arguments. The value goes to the declared variables, if any. */
export interface Pipeline {
  readonly variables: readonly string[]
  readonly commands: readonly (readonly Operand[])[]
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipeline: Pipeline
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }

type Piece = { readonly text: string } | { readonly tokens: readonly Token[] }

/**
 * Parses a Go template as Docker's `--format` takes it: fields, `json`, `index` and the other functions, pipelines, variables, `if`, `with`,
 * `range`, `else`, `end`, comments and trimming `{{-`. No `define`, `template`, `block`. Errors: `bad-template`.
 */
export function parseTemplate(source: string): readonly Node[] {
  const pieces = split(source)
  const { nodes, stop } = parseNodes(pieces, 0)
  if (stop.at < pieces.length) throw templateError(`unexpected {{${stop.word}}}`)
  return nodes
}

function split(source: string): Piece[] {
  const pieces: Piece[] = []
  let text = ''
  let at = 0
  let trim = false
  const add = (more: string) => {
    text += trim ? more.trimStart() : more
    trim = false
  }
  for (;;) {
    const open = source.indexOf('{{', at)
    add(source.slice(at, open < 0 ? undefined : open))
    if (open < 0) break
    const action = /\{\{(-\s)?\s*((?:\/\*.*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?!\}\}|"|`).)*?)\s*(\s-)?\}\}/sy
    action.lastIndex = open
    const found = action.exec(source)
    if (found === null) throw templateError('unclosed action')
    if (found[1] !== undefined) text = text.trimEnd()
    const body = found[2] ?? ''
    at = action.lastIndex
    if (!body.startsWith('/*')) {
      pieces.push({ text }, { tokens: tokenize(body) })
      text = ''
    }
    trim = found[3] !== undefined
  }
  pieces.push({ text })
  return pieces
}

interface Stop {
  readonly at: number
  readonly word: '' | 'end' | 'else'
}

/** Nodes up to an `end` or `else` of somebody further out, or the end. */
function parseNodes(pieces: readonly Piece[], from: number): { nodes: Node[]; stop: Stop } {
  const nodes: Node[] = []
  let at = from
  for (let piece = pieces[at]; piece !== undefined; piece = pieces[at]) {
    if ('text' in piece) {
      if (piece.text !== '') nodes.push({ kind: 'text', text: piece.text })
      at++
      continue
    }
    const [first, ...rest] = piece.tokens
    if (first === undefined) throw templateError('missing value for command')
    const word = first.kind === 'word' ? first.text : ''
    if (word === 'end' || word === 'else') return { nodes, stop: { at, word } }
    if (word === 'if' || word === 'with' || word === 'range') {
      const block = parseBlock(pieces, at, word, rest)
      nodes.push(block.node)
      at = block.next
      continue
    }
    nodes.push({ kind: 'output', pipeline: parsePipeline(piece.tokens) })
    at++
  }
  return { nodes, stop: { at, word: '' } }
}

function parseBlock(
  pieces: readonly Piece[],
  at: number,
  kind: 'if' | 'with' | 'range',
  head: readonly Token[],
): { node: Node; next: number } {
  const pipeline = parsePipeline(head)
  const then = parseNodes(pieces, at + 1)
  if (then.stop.word === '') throw templateError(`{{${kind}}} without {{end}}`)
  if (then.stop.word === 'end') return { node: { kind, pipeline, body: then.nodes, otherwise: [] }, next: then.stop.at + 1 }
  const [, chained, ...rest] = tokensAt(pieces, then.stop.at)
  if (chained !== undefined) {
    // `{{else if …}}` shares its {{end}} with what it stands in.
    if (chained.text !== 'if' && chained.text !== 'with') throw templateError(`unexpected "${chained.text}" after else`)
    const inner = parseBlock(pieces, then.stop.at, chained.text, rest)
    return { node: { kind, pipeline, body: then.nodes, otherwise: [inner.node] }, next: inner.next }
  }
  const otherwise = parseNodes(pieces, then.stop.at + 1)
  if (otherwise.stop.word !== 'end') throw templateError(`{{else}} without {{end}}`)
  return { node: { kind, pipeline, body: then.nodes, otherwise: otherwise.nodes }, next: otherwise.stop.at + 1 }
}

function tokensAt(pieces: readonly Piece[], at: number): readonly Token[] {
  const piece = pieces[at]
  return piece !== undefined && 'tokens' in piece ? piece.tokens : []
}

function parsePipeline(tokens: readonly Token[]): Pipeline {
  const assign = tokens.findIndex((token) => token.kind === 'sign' && token.text === ':=')
  const declared = tokens.slice(0, Math.max(assign, 0)).filter((token) => token.text !== ',')
  if (declared.some((token) => token.kind !== 'variable' || token.text === '$')) throw templateError('only variables can be declared')
  const reader = { tokens: tokens.slice(assign + 1), at: 0 }
  const commands = parseCommands(reader)
  if (reader.at < reader.tokens.length) throw templateError(`unexpected "${reader.tokens[reader.at]?.text}" in command`)
  return { variables: declared.map((token) => token.text), commands }
}

interface Reader {
  readonly tokens: readonly Token[]
  at: number
}

function parseCommands(reader: Reader): Operand[][] {
  const commands: Operand[][] = [[]]
  for (let token = reader.tokens[reader.at]; token !== undefined && !isClosing(token); token = reader.tokens[reader.at]) {
    if (token.kind === 'sign' && token.text === '|') {
      reader.at++
      commands.push([])
      continue
    }
    commands.at(-1)?.push(parseOperand(reader, token))
  }
  if (commands.some((command) => command.length === 0)) throw templateError('missing value for command')
  return commands
}

// A string may hold nothing but a parenthesis.
function isClosing(token: Token): boolean {
  return token.kind === 'sign' && token.text === ')'
}

function parseOperand(reader: Reader, token: Token): Operand {
  reader.at++
  switch (token.kind) {
    case 'string':
      return { kind: 'literal', value: token.text }
    case 'number':
      return { kind: 'literal', value: Number(token.text) }
    case 'field':
      return { kind: 'dot', path: [token.text.slice(1), ...parsePath(reader)] }
    case 'variable':
      return { kind: 'variable', name: token.text, path: parsePath(reader) }
    case 'word':
      return parseWord(token.text)
    case 'sign':
      return parseSign(reader, token.text)
  }
}

function parseWord(word: string): Operand {
  if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' }
  if (word === 'nil') return { kind: 'literal', value: null }
  return { kind: 'function', name: word }
}

function parseSign(reader: Reader, sign: string): Operand {
  if (sign === '.') return { kind: 'dot', path: [] }
  if (sign !== '(') throw templateError(`unexpected "${sign}" in operand`)
  const commands = parseCommands(reader)
  const closing = reader.tokens[reader.at]
  if (closing === undefined || !isClosing(closing)) throw templateError('unclosed left paren')
  reader.at++
  return { kind: 'group', pipeline: { variables: [], commands }, path: parsePath(reader) }
}

function parsePath(reader: Reader): string[] {
  const path: string[] = []
  for (let token = reader.tokens[reader.at]; token?.kind === 'field' && token.joined; token = reader.tokens[reader.at]) {
    path.push(token.text.slice(1))
    reader.at++
  }
  return path
}
