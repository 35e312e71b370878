import type { SystemDataUsage } from '../../api/system.ts'
import type { Volume } from '../../api/volume.ts'
import type { Command } from '../command.ts'
import { CONTAINER_HEADINGS, containerRow } from '../format/container-row.ts'
import { humanSize } from '../format/human.ts'
import { IMAGE_HEADINGS, imageRows } from '../format/image-row.ts'
import type { Row } from '../format/list.ts'
import { formatList } from '../format/list.ts'
import { VOLUME_HEADINGS, volumeRow } from '../format/volume-row.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'

const HEADINGS: Row = { Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' }
const IMAGE_COLUMNS = ['Repository', 'Tag', 'ID', 'CreatedSince', 'Size', 'SharedSize', 'UniqueSize', 'Containers']
const CONTAINER_COLUMNS = ['ID', 'Image', 'Command', 'LocalVolumes', 'Size', 'RunningFor', 'Status', 'Names']

/** There is no build cache; scripts look for the section all the same. */
const NOTHING_ELSE = `Build cache usage: 0B

CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED
`

/** `pocker system df` */
export const df: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'format', kind: 'text', value: 'string', help: "'table', 'table TEMPLATE', 'json', or a Go template" },
    { name: 'verbose', short: 'v', kind: 'switch', help: 'Show detailed information on space usage' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const usage = answeredObject<SystemDataUsage>(await client.json('GET', '/system/df'))
    const format = flags.text('format') || undefined
    if (flags.on('verbose') && format === undefined) {
      await write(io.stdout, details(usage, io.now()))
      return 0
    }
    const rows = [imagesRow(usage), containersRow(usage), volumesRow(usage), otherRow('Build Cache', usage.BuildCache)]
    await write(io.stdout, formatList(rows, { format, columns: Object.keys(HEADINGS), headings: HEADINGS }))
    return 0
  },
}

function imagesRow({ Images, LayersSize }: SystemDataUsage): Row {
  const images = Images ?? []
  const inUse = images.filter((image) => image.Containers !== 0 && image.Size !== -1 && image.SharedSize !== -1)
  const used = inUse.reduce((total, image) => total + image.Size - image.SharedSize, 0)
  const active = images.filter((image) => image.Containers > 0).length
  return {
    Type: 'Images',
    TotalCount: String(images.length),
    Active: String(active),
    Size: humanSize(LayersSize),
    Reclaimable: reclaimable(LayersSize - used, LayersSize),
  }
}

function containersRow({ Containers }: SystemDataUsage): Row {
  const containers = Containers ?? []
  const size = (list: SystemDataUsage['Containers']) => list.reduce((total, { SizeRw = 0 }) => total + SizeRw, 0)
  const active = containers.filter(({ State }) => State === 'running' || State === 'paused' || State === 'restarting')
  const total = size(containers)
  return {
    Type: 'Containers',
    TotalCount: String(containers.length),
    Active: String(active.length),
    Size: humanSize(total),
    Reclaimable: reclaimable(total - size(active), total),
  }
}

function volumesRow({ Volumes }: SystemDataUsage): Row {
  const volumes = Volumes ?? []
  const size = (list: readonly Volume[]) => list.reduce((total, { UsageData }) => total + Math.max(UsageData?.Size ?? 0, 0), 0)
  const active = volumes.filter(({ UsageData }) => (UsageData?.RefCount ?? 0) > 0)
  const total = size(volumes)
  return {
    Type: 'Local Volumes',
    TotalCount: String(volumes.length),
    Active: String(active.length),
    Size: humanSize(total),
    Reclaimable: reclaimable(total - size(active), total),
  }
}

/** Another engine's build cache is counted. */
function otherRow(type: string, list: readonly unknown[] | null | undefined): Row {
  return { Type: type, TotalCount: String(list?.length ?? 0), Active: '0', Size: '0B', Reclaimable: '0B' }
}

function reclaimable(bytes: number, total: number): string {
  return total > 0 ? `${humanSize(bytes)} (${Math.trunc((bytes * 100) / total)}%)` : humanSize(bytes)
}

function details({ Images, Containers, Volumes }: SystemDataUsage, now: number): string {
  const images = (Images ?? []).flatMap((image) => imageRows(image, { truncate: true, now, digests: false }).slice(0, 1))
  const containers = (Containers ?? []).map((container) => containerRow({ ...container, SizeRootFs: 0 }, { truncate: true, now }))
  const imageTable = formatList(images, { format: undefined, columns: IMAGE_COLUMNS, headings: IMAGE_HEADINGS })
  const containerTable = formatList(containers, { format: undefined, columns: CONTAINER_COLUMNS, headings: CONTAINER_HEADINGS })
  const volumeTable = formatList((Volumes ?? []).map(volumeRow), {
    format: undefined,
    columns: ['Name', 'Links', 'Size'],
    headings: VOLUME_HEADINGS,
  })
  return `Images space usage:\n\n${imageTable}\nContainers space usage:\n\n${containerTable}\nLocal Volumes space usage:\n\n${volumeTable}\n${NOTHING_ELSE}`
}
