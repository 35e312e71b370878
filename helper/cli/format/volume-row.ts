import type { Volume } from '../../api/volume.ts'
import { humanSize } from './human.ts'
import type { Row } from './list.ts'

export const VOLUME_COLUMNS = ['Driver', 'Name'] as const

export const VOLUME_HEADINGS: Row = {
  Driver: 'DRIVER',
  Name: 'VOLUME NAME',
  Scope: 'SCOPE',
  Mountpoint: 'MOUNTPOINT',
  Labels: 'LABELS',
  Links: 'LINKS',
  Size: 'SIZE',
  Label: (name) => (name.split('.').at(-1) ?? '').replace(/[-_]/g, ' '),
}

/** A volume as a row of `volume ls`. Follows formatter.volumeContext of the Docker CLI. */
export function volumeRow({ Name, Driver, Scope, Mountpoint, Labels, UsageData }: Volume): Row {
  const labels = Labels ?? {}
  return {
    Name,
    Driver,
    Scope,
    Mountpoint,
    Labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    Label: (name) => labels[name] ?? '',
    Links: UsageData === undefined || UsageData.RefCount < 0 ? 'N/A' : String(UsageData.RefCount),
    Size: UsageData === undefined || UsageData.Size < 0 ? 'N/A' : humanSize(UsageData.Size),
  }
}
