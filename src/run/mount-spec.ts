/** Folders and volumes as people write them: `/home/me/data:/data:ro`, `cache:/var/cache`, `/scratch` for a fresh volume. */
import * as l10n from '@vscode/l10n'
import type { Checked } from '../text/checked.ts'

export interface MountSpec {
  /** An absolute path of the machine, the name of a volume, or absent for a fresh volume. */
  readonly source?: string
  readonly target: string
  /** Docker's words, comma-separated; empty is read and write. */
  readonly mode: string
}

const MODES = new Set([
  'ro',
  'rw',
  'z',
  'Z',
  'nocopy',
  'idmap',
  'private',
  'rprivate',
  'shared',
  'rshared',
  'slave',
  'rslave',
  'consistent',
  'cached',
  'delegated',
])
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** Reads one mount. A source that is no absolute path is a volume's name. */
export function parseMount(text: string): Checked<MountSpec> {
  const written = text.trim()
  if (written.includes('\0')) return { problem: l10n.t('A path cannot hold a NUL character.') }
  const parts = written.split(':')
  if (written === '' || parts.length > 3)
    return { problem: l10n.t('Write it as folder:target or folder:target:ro. A path with a colon cannot be mounted.') }
  const [first = '', second, mode = ''] = parts
  const target = second ?? first
  if (!isAbsolute(target)) return { problem: l10n.t('The path in the container must begin with a slash.') }
  if (isRoot(target)) return { problem: l10n.t('The container’s root itself cannot be replaced.') }
  if (second === undefined) return { value: { target, mode: '' } }
  if (parts.length === 3 && !mode.split(',').every((word) => MODES.has(word)))
    return { problem: l10n.t('After the second colon: ro or rw.') }
  if (isAbsolute(first)) return { value: { source: first, target, mode } }
  if (VOLUME_NAME.test(first)) return { value: { source: first, target, mode } }
  return { problem: l10n.t('Before the colon: an absolute path of the machine, or a volume’s name of letters, digits and _ . -') }
}

/** The text that `parseMount` reads as this mount; it is also Docker's bind. */
export function mountText({ source, target, mode }: MountSpec): string {
  return [...(source === undefined ? [] : [source]), target, ...(mode === '' ? [] : [mode])].join(':')
}

/** Whether a source is a path of the machine. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/')
}

function isRoot(path: string): boolean {
  return path.split('/').every((part) => part === '' || part === '.')
}
