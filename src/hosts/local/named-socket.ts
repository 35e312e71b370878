/** Which socket Pocker is looked for at, where somebody has named one. */
import type { Surroundings } from './surroundings.ts'

/** Of the setting `pocker.socket` or of `POCKER_HOST` in the editor's own environment: a path, or `unix://` and a path. No folder can set either. */
export function namedSocket({ env }: Pick<Surroundings, 'env'>, setting = ''): string | undefined {
  return pathOf(setting) ?? pathOf(env.POCKER_HOST ?? '')
}

function pathOf(address: string): string | undefined {
  return /^(?:unix:\/\/)?(\/[^\0]+)$/.exec(address.trim())?.[1]
}
