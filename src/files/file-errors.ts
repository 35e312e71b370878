/** What went wrong with a file: as VS Code's editors understand it, and in words. */
import * as l10n from '@vscode/l10n'
import { codeOf, isNotFound } from '../client/engine-problem.ts'

/** The kinds of `vscode.FileSystemError`. */
export type FileErrorKind = 'FileNotFound' | 'FileExists' | 'FileNotADirectory' | 'FileIsADirectory' | 'NoPermissions' | 'Unavailable'

const KINDS: ReadonlyMap<string, FileErrorKind> = new Map([
  // It may be added again, or come a moment later than its editors.
  ['no-such-host', 'Unavailable'],
  ['file-exists', 'FileExists'],
  ['folder-not-empty', 'FileExists'],
  ['not-a-folder', 'FileNotADirectory'],
  ['is-a-folder', 'FileIsADirectory'],
  ['read-only-files', 'NoPermissions'],
  ['permission-denied', 'NoPermissions'],
  ['not-a-file', 'NoPermissions'],
  ['path-busy', 'NoPermissions'],
  ['needs-pocker', 'NoPermissions'],
  ['cannot-copy', 'NoPermissions'],
])

/**
 * An editor whose file is not found shows that it has been deleted and keeps its text; with all else it says what is wrong and tries again.
 * That a container is gone is the former, that its host does not answer the latter.
 */
export function fileErrorKind(error: unknown): FileErrorKind {
  return KINDS.get(codeOf(error) ?? '') ?? (isNotFound(error) ? 'FileNotFound' : 'Unavailable')
}

/** Whether an error is of one file alone, so that others are worth trying. */
export function isOfOneFile(error: unknown): boolean {
  return FILE_SENTENCES.has(codeOf(error) ?? '') && !OF_ALL.has(codeOf(error) ?? '')
}

const OF_ALL = new Set([
  'no-such-container',
  'no-such-image',
  'no-such-layer',
  'no-such-host',
  'no-space',
  'files-interrupted',
  'needs-pocker',
])

/** Sentences for the codes that are of files alone. */
export const FILE_SENTENCES: ReadonlyMap<string, () => string> = new Map([
  ['no-such-host', () => l10n.t('The host that this belongs to is not among Pocker’s hosts any more.')],
  ['no-such-image', () => l10n.t('The image is not there any more.')],
  ['no-such-layer', () => l10n.t('The image does not have that layer.')],
  ['no-such-file', () => l10n.t('There is no such file.')],
  ['file-exists', () => l10n.t('There is something by that name already.')],
  ['not-a-folder', () => l10n.t('It is not a folder.')],
  ['is-a-folder', () => l10n.t('It is a folder.')],
  ['not-a-file', () => l10n.t('It is a device, a pipe or a socket, which cannot be opened.')],
  ['folder-not-empty', () => l10n.t('There is a folder by that name that has something in it.')],
  ['folder-into-itself', () => l10n.t('A folder cannot be put into itself.')],
  ['path-busy', () => l10n.t('It is in use: something is mounted there, or a program is running from it.')],
  ['path-unusable', () => l10n.t('That name cannot be used.')],
  ['name-too-long', () => l10n.t('The name is too long.')],
  ['too-many-links', () => l10n.t('It is a link that leads nowhere.')],
  ['read-only-files', () => l10n.t('Nothing can be written there: it is read-only.')],
  ['permission-denied', () => l10n.t('The system does not allow that, not even to the administrator.')],
  ['file-too-large', () => l10n.t('The file would become too large for where it lies.')],
  ['too-deep', () => l10n.t('Too many folders lie in each other.')],
  ['watch-too-large', () => l10n.t('There are more folders than can be watched.')],
  ['too-many-file-requests', () => l10n.t('The engine has too many files to deal with at once. Try again in a moment.')],
  ['files-interrupted', () => l10n.t('The container was started, stopped or removed in that moment. Try again.')],
  ['files-not-answering', () => l10n.t('What is mounted there does not answer.')],
  [
    'needs-pocker',
    () => l10n.t('This engine cannot list or change files without running a program in the container. Files work on Pocker hosts.'),
  ],
  ['cannot-copy', () => l10n.t('There are links or devices in it, which cannot be copied to another container.')],
  ['too-large-to-open', () => l10n.t('The file is too large to open.')],
])
