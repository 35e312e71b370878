import * as l10n from '@vscode/l10n'
import type { FileRef } from '../place.ts'
import { shownName } from '../shown-name.ts'

/** A file in words: `web: /etc/nginx/nginx.conf`. */
export function fileWords({ place, path }: FileRef): string {
  return l10n.t('{0}: {1}', shownName(place.name, 80), shownName(path, 300))
}
