import * as l10n from '@vscode/l10n'
import { plainText } from '../../text/plain-text.ts'
import type { FileRef } from '../place.ts'

/** A file in words: `web: /etc/nginx/nginx.conf`. */
export function fileWords({ place, path }: FileRef): string {
  return l10n.t('{0}: {1}', plainText(place.name, 80), plainText(path, 300))
}
