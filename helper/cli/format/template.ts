import { goPrint } from './go-print.ts'
import { evaluationError } from './template-error.ts'
import type { TemplateFunction } from './template-functions.ts'
import { FUNCTIONS } from './template-functions.ts'
import type { Node, Operand, Pipeline } from './template-parse.ts'
import { parseTemplate } from './template-parse.ts'

/** Fills a template's source in with the values of an object. */
export type Template = (data: unknown) => string

interface Scope {
  readonly dot: unknown
  readonly variables: Map<string, unknown>
  readonly functions: ReadonlyMap<string, TemplateFunction>
}

/** A field that is not there: false to a condition, an error to print. */
class Missing {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** Compiles a template. A member of the data that is a function is called with the words after it. Errors: `bad-template`; of the call: `template-mismatch`. */
export function compileTemplate(source: string, functions: ReadonlyMap<string, TemplateFunction> = FUNCTIONS): Template {
  const nodes = parseTemplate(source)
  return (data) => evaluate(nodes, { dot: data, variables: new Map([['$', data]]), functions })
}

function evaluate(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => evaluateNode(node, scope)).join('')
}

function evaluateNode(node: Node, scope: Scope): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'output': {
      const value = assignedValue(node.pipeline, scope)
      return node.pipeline.variables.length > 0 ? '' : goPrint(present(value))
    }
    case 'if':
    case 'with': {
      const inner = nested(scope, scope.dot)
      const value = assignedValue(node.pipeline, inner)
      if (!isTrue(value)) return evaluate(node.otherwise, scope)
      return evaluate(node.body, node.kind === 'with' ? nested(inner, value) : inner)
    }
    case 'range':
      return evaluateRange(node, scope)
  }
}

function evaluateRange(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, scope: Scope): string {
  const list = entriesOf(pipelineValue(node.pipeline, scope))
  if (list.length === 0) return evaluate(node.otherwise, scope)
  const [first, second] = node.pipeline.variables
  return list
    .map(([key, value]) => {
      const inner = nested(scope, value)
      if (first !== undefined) inner.variables.set(first, second === undefined ? value : key)
      if (second !== undefined) inner.variables.set(second, value)
      return evaluate(node.body, inner)
    })
    .join('')
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (value === null || value === undefined || value instanceof Missing) return []
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const)
  if (typeof value === 'object') return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  throw evaluationError(`range can't iterate over ${goPrint(value)}`)
}

function assignedValue(pipeline: Pipeline, scope: Scope): unknown {
  const value = pipelineValue(pipeline, scope)
  const [variable] = pipeline.variables
  if (variable !== undefined) scope.variables.set(variable, value)
  return value
}

function pipelineValue(pipeline: Pipeline, scope: Scope): unknown {
  let passed: readonly unknown[] = []
  for (const [operand, ...args] of pipeline.commands) {
    if (operand === undefined) continue
    passed = [call(operand, args, passed, scope)]
  }
  return passed[0]
}

/** One command: what came down the pipe is its last argument. */
function call(operand: Operand, args: readonly Operand[], passed: readonly unknown[], scope: Scope): unknown {
  const values = () => [...args.map((arg) => call(arg, [], [], scope)), ...passed]
  switch (operand.kind) {
    case 'literal':
      return operand.value
    case 'function': {
      const apply = scope.functions.get(operand.name)
      if (apply === undefined) throw evaluationError(`function "${operand.name}" not defined`)
      return apply(values().map((value) => (value instanceof Missing ? undefined : value)))
    }
    case 'dot':
      return fieldsOf(scope.dot, operand.path, values)
    case 'variable':
      if (!scope.variables.has(operand.name)) throw evaluationError(`undefined variable "${operand.name}"`)
      return fieldsOf(scope.variables.get(operand.name), operand.path, values)
    case 'group':
      return fieldsOf(pipelineValue(operand.pipeline, scope), operand.path, values)
  }
}

function fieldsOf(start: unknown, path: readonly string[], args: () => readonly unknown[]): unknown {
  let value = start
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return new Missing(name)
    value = Reflect.get(value, name)
  }
  if (typeof value === 'function') return Reflect.apply(value, undefined, args())
  if (path.length > 0 && args().length > 0) throw evaluationError(`${path.at(-1)} has arguments but cannot be invoked as function`)
  return value
}

/** A map's key may be absent, which Go prints as no value; a field (they begin with a capital) that is not there is a mistake. */
function present(value: unknown): unknown {
  if (!(value instanceof Missing)) return value
  if (/^\p{Lu}/u.test(value.name)) throw evaluationError(`can't evaluate field ${value.name}`)
  return undefined
}

function isTrue(value: unknown): boolean {
  if (value === null || value === undefined || value instanceof Missing) return false
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object') return Object.keys(value).length > 0
  return Boolean(value)
}

function nested(scope: Scope, dot: unknown): Scope {
  return { dot, variables: new Map(scope.variables), functions: scope.functions }
}
