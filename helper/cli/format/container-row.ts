import type { ContainerSummary } from '../../api/container.ts'
import { goQuote } from './go-print.ts'
import { ago, humanSize } from './human.ts'
import type { Row } from './list.ts'
import { goTime } from './local-time.ts'
import { displayPorts } from './ports.ts'
import { shortId } from './short-id.ts'
import { ellipsis } from './table.ts'

/** Whether IDs, commands and names are cut to fit, and what time it is. */
export interface RowOptions {
  readonly truncate: boolean
  readonly now: number
}

export const CONTAINER_COLUMNS = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'] as const

export const CONTAINER_HEADINGS: Row = {
  ID: 'CONTAINER ID',
  Names: 'NAMES',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  Ports: 'PORTS',
  State: 'STATE',
  Status: 'STATUS',
  Size: 'SIZE',
  Labels: 'LABELS',
  Mounts: 'MOUNTS',
  LocalVolumes: 'LOCAL VOLUMES',
  Networks: 'NETWORKS',
  Label: (name) => (name.split('.').at(-1) ?? '').replace(/[-_]/g, ' '),
}

/** A container as a row of `ps`. Follows formatter.ContainerContext of the Docker CLI. */
export function containerRow(container: ContainerSummary, { truncate, now }: RowOptions): Row {
  const labels = container.Labels ?? {}
  const mounts = container.Mounts ?? []
  const id = truncate ? shortId(container.Id) : container.Id
  return {
    ID: id,
    Names: names(container.Names ?? [], truncate),
    Image: image(container, truncate),
    Command: goQuote(truncate ? ellipsis(container.Command, 20) : container.Command),
    CreatedAt: goTime(container.Created),
    RunningFor: ago(container.Created, now),
    Ports: displayPorts(container.Ports ?? []),
    State: container.State,
    Status: container.Status,
    Size: size(container),
    Labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(','),
    Mounts: mounts
      .map((mount) => mount.Name || mount.Source)
      .map((name) => (truncate ? ellipsis(name, 15) : name))
      .join(','),
    LocalVolumes: String(mounts.filter((mount) => mount.Driver === 'local').length),
    Networks: Object.keys(container.NetworkSettings?.Networks ?? {}).join(','),
    Label: (name) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''),
  }
}

function names(all: readonly string[], truncate: boolean): string {
  const bare = all.map((name) => name.replace(/^\//, ''))
  // A name with a slash inside is a link's.
  return truncate ? (bare.find((name) => !name.includes('/')) ?? '') : bare.join(',')
}

function image(container: ContainerSummary, truncate: boolean): string {
  if (container.Image === '') return '<no image>'
  if (!truncate) return container.Image
  if (shortId(container.ImageID) === shortId(container.Image)) return shortId(container.ImageID)
  return container.Image.replace(/@sha256:[0-9a-f]+$/, '').replace(/^docker\.io\/(library\/)?/, '')
}

function size({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const written = humanSize(SizeRw, 3)
  return SizeRootFs > 0 ? `${written} (virtual ${humanSize(SizeRootFs, 3)})` : written
}
