/**
 * `scripts/with-node.sh scripts/l10n.ts`: collects the texts that the code asks `t()` of src/text/l10n.ts for, in l10n/bundle.l10n.json, from which
 * translators begin. `npm run check` fails when a text is missing there.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bundle = join(root, 'l10n/bundle.l10n.json')

export interface Texts {
  readonly texts: readonly string[]
  /** Calls whose text cannot be collected, each as a sentence. */
  readonly problems: readonly string[]
}

/** The texts of one source: the first argument of `t(…)` and `l10n.t(…)`, which has to be one plain string. */
export function collectTexts(path: string, source: string): Texts {
  const texts: string[] = []
  const problems: string[] = []
  const importsT = /import \{[^}]*\bt\b[^}]*\} from '[^']*\/l10n\.ts'/.test(source)
  for (const call of source.matchAll(
    /(?<before>^|[^\w.'"`]|\bl10n\.)t\(\s*(?<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`)?(?<after>\s*[,)])?/gms,
  )) {
    const { before = '', text, after } = call.groups ?? {}
    if (!importsT && before !== 'l10n.') continue
    if (text !== undefined && after !== undefined) texts.push(unquote(text))
    else
      problems.push(
        `${path}:${source.slice(0, call.index + before.length).split('\n').length}: the text of t() has to be one plain string, for translators to have it`,
      )
  }
  return { texts, problems }
}

/** What is to be said of l10n/bundle.l10n.json, or undefined where it has just the texts of the code. */
export function checkL10n(): string | undefined {
  const { content, problems } = collectOwn()
  if (problems.length > 0) return problems.join('\n')
  const written = existsSync(bundle) ? readFileSync(bundle, 'utf8') : '{}\n'
  return written === content ? undefined : 'l10n/bundle.l10n.json has not the texts of the code: run scripts/with-node.sh scripts/l10n.ts'
}

function collectOwn(): { content: string; problems: readonly string[] } {
  const paths = globSync('src/**/*.ts', { cwd: root }).filter((path) => !/\.(test|fixture)\.ts$|^src\/text\/l10n\.ts$/.test(path))
  const found = paths.map((path) => collectTexts(path, readFileSync(join(root, path), 'utf8')))
  const texts = [...new Set(found.flatMap(({ texts: some }) => some))].sort()
  return {
    content: `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), undefined, 2)}\n`,
    problems: found.flatMap(({ problems }) => problems),
  }
}

/** The literal's value, by the language's own rules. */
function unquote(literal: string): string {
  const inner = literal.slice(1, -1)
  return inner.replace(/\\(u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2})|.)/gis, (_, letter: string, ...codes: string[]) => {
    const code = codes.slice(0, 3).find((digits) => digits !== undefined)
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    return { n: '\n', t: '\t', r: '\r', '\n': '' }[letter] ?? letter
  })
}

if (import.meta.main) {
  const { content, problems } = collectOwn()
  for (const problem of problems) console.error(problem)
  mkdirSync(dirname(bundle), { recursive: true })
  writeFileSync(bundle, content)
  if (problems.length > 0) process.exitCode = 1
}
