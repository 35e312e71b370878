import { nameOf } from './merged-config.ts'

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface EnvironmentInput {
  /** `NAME=value`, or `NAME` to take a default away; of two by one name the later holds. */
  readonly entries: readonly string[]
  readonly hostname: string
  readonly terminal: boolean
  /** The user's home folder. */
  readonly home: string
}

/** The process's environment: Docker's defaults, `entries` over them, and HOME where nothing gives one. */
export function processEnvironment({ entries, hostname, terminal, home }: EnvironmentInput): string[] {
  const defaults = [`PATH=${DEFAULT_PATH}`, `HOSTNAME=${hostname}`, ...(terminal ? ['TERM=xterm'] : [])]
  const byName = new Map(defaults.map((entry) => [nameOf(entry), entry]))
  for (const entry of entries) {
    if (entry.includes('=')) byName.set(nameOf(entry), entry)
    else byName.delete(entry)
  }
  const given = byName.get('HOME')
  if (given === undefined || given === 'HOME=') byName.set('HOME', `HOME=${home}`)
  return [...byName.values()]
}
