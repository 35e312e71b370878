/** Which containers are shown. */
import { posix } from 'node:path'
import { isLive } from '../../model/container-state.ts'
import type { ContainerRow } from '../../model/rows.ts'
import { imageName } from '../../text/image-name.ts'
import type { ContainersOptions } from './options.ts'
import { portText } from './ports-text.ts'
import { stateWords } from './state-look.ts'

/** Labels that name the folder a container was made for. */
const FOLDER_LABELS = ['com.docker.compose.project.working_dir', 'devcontainer.local_folder']

/** A test for rows, made once for all of them. */
export function selection({ filter, hideStopped, onlyFolders }: ContainersOptions): (row: ContainerRow) => boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return (row) => {
    if (hideStopped && !isLive(row)) return false
    if (onlyFolders !== undefined && !belongsTo(row, onlyFolders)) return false
    if (words.length === 0) return true
    const text = searchText(row)
    return words.every((word) => text.includes(word) || (word.length >= SHORTEST_ID && row.id.startsWith(word)))
  }
}

/** Of an ID only its start is ever typed, and not less of it: `db` is a name, and stands somewhere in every tenth ID. */
const SHORTEST_ID = 4

function searchText(row: ContainerRow): string {
  const { labels } = row
  return [
    row.name,
    imageName(row.image),
    stateWords(row),
    labels['com.docker.compose.project'] ?? '',
    labels['com.docker.compose.service'] ?? '',
    ...row.ports.map(portText),
  ]
    .join('\n')
    .toLowerCase()
}

/** Whether a container has a mount from one of the folders, or was made for what lies in one. */
function belongsTo({ mounts, labels }: ContainerRow, folders: readonly string[]): boolean {
  const sources = mounts.filter(({ type }) => type === 'bind').map(({ source }) => source)
  const places = [...sources, ...FOLDER_LABELS.flatMap((label) => labels[label] ?? [])]
  return places.some((place) => folders.some((folder) => isWithin(place, folder)))
}

function isWithin(path: string, folder: string): boolean {
  if (!path.startsWith('/')) return false
  const relative = posix.relative(folder, posix.normalize(path))
  return relative === '' || (relative !== '..' && !relative.startsWith('../'))
}
