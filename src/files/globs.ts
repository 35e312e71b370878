/** Glob patterns of `files.watcherExclude`, for what a watch is not to tell. */

/** Whether a path (absolute) matches one of them. Patterns that are not absolute are relative to `base`. */
export function globsMatch(patterns: readonly string[], base: string): (path: string) => boolean {
  const tests = patterns.map((pattern) => toExpression(pattern.startsWith('/') ? pattern : `${base === '/' ? '' : base}/${pattern}`))
  return (path) => tests.some((test) => test.test(path))
}

const PARTS = /\*\*\/|\/\*\*$|\*\*|\*|\?|\{[^{}/]*\}|\[[^\]/]+\]|[^*?{[]+|./gu

function toExpression(pattern: string): RegExp {
  const source = [...pattern.matchAll(PARTS)].map(([part]) => partExpression(part)).join('')
  return new RegExp(`^${source}$`, 'su')
}

function partExpression(part: string): string {
  switch (part) {
    case '**/':
      return '(?:.*/)?'
    case '/**':
      return '(?:/.*)?'
    case '**':
      return '.*'
    case '*':
      return '[^/]*'
    case '?':
      return '[^/]'
  }
  if (part.length > 1 && part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').map(literal).join('|')})`
  if (part.length > 2 && part.startsWith('['))
    return `[${part
      .slice(1, -1)
      .replace(/^!/, '^')
      .replace(/[\\[\]&~]/g, '\\$&')}]`
  return literal(part)
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
