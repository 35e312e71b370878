/** The project's own rules of style and structure, those that the ready-made lint has not. `rules.test.ts` has an example of each. */
import { basename } from 'node:path'

export interface SourceFile {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Finding {
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** Texts that only make sense on one machine and must not get into a file. */
export interface Surroundings {
  readonly forbidden: readonly string[]
}

const MAX_LINES = 400
const code = /\.(ts|mts|cts|js|mjs|cjs)$/

/** All breaches of the rules in one file. */
export function checkFile(file: SourceFile, surroundings: Surroundings = { forbidden: [] }): Finding[] {
  return [
    ...checkMachine(file, surroundings),
    ...checkName(file),
    ...(code.test(file.path) || file.path.endsWith('.c') ? checkLength(file) : []),
    ...(code.test(file.path) ? [...checkLines(file), ...checkImports(file), ...checkComments(file)] : []),
  ]
}

interface LineRule {
  readonly pattern: RegExp
  readonly message: string
}

const lineRules: readonly LineRule[] = [
  { pattern: /@ts-(ignore|nocheck|expect-error)/, message: 'a suppressed type error is still an error' },
  { pattern: /\bonly: true\b/, message: 'only this test would run' },
  { pattern: /\bclass \w*(Manager|Helper|Utils?)\b/, message: 'the name says nothing: name it for what it does' },
  {
    pattern: /\bshell: true\b|(?<![.\w])exec(Sync)?\(`/,
    message: 'a command line made of text runs whatever a name holds: pass an argument list',
  },
]

function checkLines(file: SourceFile): Finding[] {
  const findings: Finding[] = []
  const isRuleList = /^scripts\/rules(\.test)?\.ts$/.test(file.path)
  file.text.split('\n').forEach((line, index) => {
    for (const rule of isRuleList ? [] : lineRules) {
      if (rule.pattern.test(line)) findings.push({ path: file.path, line: index + 1, message: rule.message })
    }
  })
  return findings
}

function checkLength(file: SourceFile): Finding[] {
  const lines = file.text.split('\n').length - 1
  return lines <= MAX_LINES
    ? []
    : [{ path: file.path, line: lines, message: `${lines} lines, more than ${MAX_LINES}: split it by concept` }]
}

function checkName(file: SourceFile): Finding[] {
  // `helper` in the singular is the program's own name for its privileged process.
  const vague = /(^|[-.])(managers?|utils?|helpers)(?=[-.])/i.test(basename(file.path))
  return vague ? [{ path: file.path, line: 1, message: 'the file name says nothing: name it for what is in it' }] : []
}

function checkMachine(file: SourceFile, surroundings: Surroundings): Finding[] {
  const forbidden = file.path === 'package-lock.json' ? [...surroundings.forbidden, '"resolved"'] : surroundings.forbidden
  const findings: Finding[] = []
  file.text.split('\n').forEach((line, index) => {
    for (const text of forbidden) {
      if (line.includes(text)) findings.push({ path: file.path, line: index + 1, message: `${text} belongs to one machine or registry` })
    }
  })
  return findings
}

interface Import {
  readonly target: string
  readonly line: number
  readonly isType: boolean
  readonly isLazy: boolean
}

/** The boundaries of ARCHITECTURE.md. A target is a package name or a path from the repository's root. */
function checkImports(file: SourceFile): Finding[] {
  const findings: Finding[] = []
  const forbid = (item: Import, message: string): void => {
    findings.push({ path: file.path, line: item.line, message: `imports ${item.target}: ${message}` })
  }
  const isIn = (folder: string): boolean => file.path.startsWith(folder)
  for (const item of listImports(file)) {
    if (item.target === 'koffi' && !isIn('helper/linux/')) forbid(item, 'only helper/linux/ calls native code')
    if (isIn('helper/') && (item.target === 'vscode' || item.target.startsWith('src/'))) forbid(item, 'the helper runs without an editor')
    if (isIn('src/') && item.target.startsWith('helper/') && !item.target.startsWith('helper/api/'))
      forbid(item, 'only helper/api/ is shared')
    if (isIn('ssh/') && /^(vscode|koffi|src\/.*|helper\/(?!api\/).*)$/.test(item.target))
      forbid(item, 'what reaches machines over SSH is used by the editor and by the command line, and knows neither')
    if (/^(ssh2|ssh-config)$/.test(item.target) && !isIn('ssh/') && !isIn('test/')) forbid(item, 'only ssh/ speaks SSH')
    if (isIn('src/') && item.target.startsWith('ssh/') && !item.isType && !item.isLazy)
      forbid(item, 'an editor loads what speaks SSH when a host is first reached over it')
    if (isIn('helper/linux/') && /^helper\/(?!linux\/|api\/errors)/.test(item.target))
      forbid(item, 'helper/linux/ knows system calls, not containers')
    if (isIn('helper/container/') && /^helper\/(engine|http|cli)\//.test(item.target))
      forbid(item, 'a container knows nothing of the engine above it')
    if (isIn('helper/archive/') && /^helper\/(?!archive\/|linux\/|api\/|container\/seccomp\/)/.test(item.target))
      forbid(item, 'what reads archives has nothing else in its process')
    if (isIn('helper/files/') && /^helper\/(?!files\/|archive\/|linux\/|api\/)/.test(item.target))
      forbid(item, 'what serves files knows places, not whose they are')
    if (isIn('helper/network/') && /^helper\/(?!network\/|linux\/|api\/)[a-z]+\//.test(item.target))
      forbid(item, 'networks know devices and addresses, not containers')
    if (isIn('helper/image/') && /^helper\/(engine\/|http\/(?!backend\.ts)|cli\/)/.test(item.target))
      forbid(item, 'images know nothing of containers and of the transport')
    if (isIn('helper/engine/') && /^helper\/(http\/(?!backend\.ts)|cli\/)/.test(item.target))
      forbid(item, 'the engine knows nothing of its transport')
    if (isIn('helper/engine/') && item.target === 'node:http') forbid(item, 'the engine knows nothing of its transport')
    if (
      isIn('helper/http/') &&
      /^helper\/(linux|container|engine|image|archive|files)\//.test(item.target) &&
      !item.isType &&
      !isTest(file)
    ) {
      forbid(item, 'the HTTP layer asks a Backend and never touches the system')
    }
    if (isIn('helper/cli/') && item.target.startsWith('helper/') && !mayCliImport(item) && !isTest(file)) {
      forbid(item, 'the command line starts fast because it loads nothing of the helper')
    }
  }
  return findings
}

function mayCliImport(item: Import): boolean {
  return item.target.startsWith('helper/cli/') || item.target === 'helper/api/errors.ts' || item.isType || item.isLazy
}

function isTest(file: SourceFile): boolean {
  return /\.test\.ts$|[./]fixture\.ts$|\/testing\//.test(file.path)
}

function listImports(file: SourceFile): Import[] {
  const pattern = /^(?:import|export)\s(?<clause>[^'"`;]*?)?\s?(?:from\s)?['"](?<from>[^'"]+)['"]|\bimport\(['"](?<lazy>[^'"]+)['"]\)/gm
  return [...file.text.matchAll(pattern)].map((match) => ({
    target: resolveTarget(file.path, match.groups?.from ?? match.groups?.lazy ?? ''),
    line: file.text.slice(0, match.index).split('\n').length,
    isType: match.groups?.clause?.startsWith('type ') ?? false,
    isLazy: match.groups?.lazy !== undefined,
  }))
}

function resolveTarget(from: string, target: string): string {
  if (!target.startsWith('.')) return target
  const parts = from.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** Every exported function says what it means; test files explain themselves. */
function checkComments(file: SourceFile): Finding[] {
  if (isTest(file)) return []
  const findings: Finding[] = []
  const lines = file.text.split('\n')
  lines.forEach((line, index) => {
    const name = /^export (?:async )?function\*? ?(\w+)/.exec(line)?.[1]
    // An overload's comment stands at the first signature.
    const isOverload = name !== undefined && new RegExp(`^export (async )?function ${name}\\b`).test(lines[index - 1] ?? '')
    if (name !== undefined && !isOverload && !(lines[index - 1] ?? '').trimEnd().endsWith('*/')) {
      findings.push({ path: file.path, line: index + 1, message: `${name} is exported without a comment that says what it means` })
    }
  })
  return findings
}
