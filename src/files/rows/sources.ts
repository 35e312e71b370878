/** What the views show below containers and images: their files, and what differs. */
import * as l10n from '@vscode/l10n'
import type { ContainerRef, VolumeRef } from '../../commands/refs.ts'
import { containerRowOf } from '../../commands/refs.ts'
import { Emitter } from '../../events/emitter.ts'
import type { Host } from '../../hosts/host.ts'
import type { ChildRow, ChildSource, ContainerChildren, ImageChildren } from '../../views/child-rows.ts'
import type { ItemLook } from '../../views/item-look.ts'
import type { Place } from '../place.ts'
import { isPocker } from '../place-access.ts'
import type { PlaceNames } from '../place-uri.ts'
import type { ChangeRows } from './change-rows.ts'
import type { FolderRows } from './folder-rows.ts'
import { imageRows } from './layer-rows.ts'

export interface FileSourcesParts {
  readonly names: PlaceNames
  readonly folders: FolderRows
  readonly changes: ChangeRows
}

export interface FileSources {
  readonly containers: ContainerChildren
  readonly images: ImageChildren
  readonly volumes: ChildSource<VolumeRef>
}

/** The rows for both views. */
export function fileSources({ names, folders, changes }: FileSourcesParts): FileSources {
  const changed = new Emitter<ChildRow>()
  folders.onDidChange((row) => changed.fire(row))
  changes.onDidChange((row) => changed.fire(row))
  return {
    containers: {
      onDidChange: changed.event,
      rows: (container) => {
        const place = placeOfContainer(names, container)
        const isOwn = isPocker(container.host)
        if (isOwn) void changes.count(container)
        const files: ChildRow = isOwn ? folders.root(place, filesLook()) : { look: noFilesLook(engineName(container.host)) }
        return [files, changes.root(container, place)]
      },
    },
    images: { onDidChange: changed.event, rows: (image) => imageRows(image, folders) },
    volumes: {
      onDidChange: changed.event,
      rows: ({ host, volume }) => [
        isPocker(host) ? folders.root(placeOfVolume(names, { host, volume }), volumeFilesLook()) : { look: noFilesLook(engineName(host)) },
      ],
    },
  }
}

/** The place of a container's files. */
export function placeOfContainer(names: PlaceNames, { host, containerId }: ContainerRef): Place {
  const name = containerRowOf({ host, containerId })?.name ?? containerId.slice(0, 12)
  return names.adopt({ hostId: host.id, kind: 'container', id: containerId, name })
}

/** The place of a volume's files. */
export function placeOfVolume(names: PlaceNames, { host, volume }: VolumeRef): Place {
  return names.adopt({ hostId: host.id, kind: 'volume', id: volume, name: /^[0-9a-f]{64}$/.test(volume) ? volume.slice(0, 12) : volume })
}

function volumeFilesLook(): ItemLook {
  return {
    id: 'files',
    label: l10n.t('Files'),
    spoken: l10n.t('Files'),
    icon: { name: 'files' },
    tooltip: l10n.t('The volume’s files, whether a container has it or not.'),
    flags: ['place', 'writable'],
    // Nobody unfolds a volume for anything else.
    fold: 'open',
  }
}

function filesLook(): ItemLook {
  return {
    id: 'files',
    label: l10n.t('Files'),
    spoken: l10n.t('Files'),
    icon: { name: 'files' },
    tooltip: l10n.t('The container’s files, running or not. No program is run in it to show them.'),
    flags: ['place', 'writable'],
    fold: 'folded',
  }
}

function engineName({ state }: Host): string {
  return state.kind === 'ready' ? state.engine.name : 'Docker'
}

function noFilesLook(engine: string): ItemLook {
  const why = l10n.t('{0} cannot list files without running a program in the container. Files work on Pocker hosts.', engine)
  return {
    id: 'files',
    label: l10n.t('Files'),
    description: l10n.t('only on Pocker hosts'),
    icon: { name: 'files' },
    tooltip: why,
    flags: ['no-files'],
  }
}
