import type { Listener } from '../../network/publish/listen.ts'
import type { PortRule } from '../../network/ruleset.ts'

/** What a running container holds of this host for its networks' sake; given back at its end. */
export interface Joined {
  listeners: Listener[]
  rules: PortRule[]
  nameServer: { close(): void } | undefined
}

/** Nothing yet. */
export function joinedNothing(): Joined {
  return { listeners: [], rules: [], nameServer: undefined }
}
