/** The names of logs as documents: `/Pocker/HOST/web.log`. By a path alone VS Code gives a document its title, its place in the breadcrumbs and its language. */

export const LOG_SCHEME = 'pocker-log'
const ROOT = 'Pocker'

export type LogName =
  | { readonly kind: 'container'; readonly hostId: string; readonly name: string }
  /** Several containers of one compose project, or of any. */
  | { readonly kind: 'project'; readonly hostId: string; readonly project: string }
  | { readonly kind: 'several'; readonly hostId: string; readonly names: readonly string[] }

/** The path of a log's document. */
export function logPath(log: LogName): string {
  const folder = `/${ROOT}/${encode(log.hostId)}`
  switch (log.kind) {
    case 'container':
      return `${folder}/${encode(log.name)}.log`
    case 'project':
      return `${folder}/project/${encode(log.project)}.log`
    case 'several':
      return `${folder}/containers/${log.names.map(encode).join('+')}.log`
  }
}

/** The log that a path names. */
export function parseLogPath(path: string): LogName | undefined {
  const [, host, folder, name] = /^\/Pocker\/([^/]+)\/(?:([a-z]+)\/)?([^/]+)\.log$/.exec(path) ?? []
  const hostId = decode(host)
  const decoded = decode(name)
  if (hostId === undefined || decoded === undefined || name === undefined) return undefined
  switch (folder) {
    case undefined:
      return { kind: 'container', hostId, name: decoded }
    case 'project':
      return { kind: 'project', hostId, project: decoded }
    case 'containers':
      return { kind: 'several', hostId, names: name.split('+').flatMap((each) => decode(each) ?? []) }
    default:
      return undefined
  }
}

/** What options are kept under. */
export function logKey(log: LogName): string {
  return logPath(log).slice(ROOT.length + 2)
}

function encode(text: string): string {
  return text.replace(/[^\w.:@-]/gu, (character) => encodeURIComponent(character.toWellFormed()))
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined // no name that was made here
  }
}
