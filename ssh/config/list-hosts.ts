/** The hosts that the configuration names, to be offered. */
import { isHostName } from '../address.ts'
import { type ConfigPlace, hostSettings } from './host-settings.ts'
import { readConfig } from './read-config.ts'

export interface ConfiguredHost {
  readonly alias: string
  /** `user@host`, with the port where it is not 22. */
  readonly goesTo: string
}

/** In the file's order; patterns are left out. Errors: those of `readConfig`. */
export function listHosts(place: ConfigPlace): readonly ConfiguredHost[] {
  const names = new Set<string>()
  for (const { conditions } of readConfig(place.files))
    for (const condition of conditions)
      if (condition.kind === 'host') for (const name of condition.patterns) if (!/[*?!]/.test(name) && isHostName(name)) names.add(name)
  return [...names].flatMap((alias) => {
    try {
      const { host, user, port } = hostSettings({ host: alias }, place)
      return [{ alias, goesTo: `${user}@${host}${port === 22 ? '' : `:${port}`}` }]
    } catch {
      return [] // an entry that makes no name cannot be connected to either
    }
  })
}
