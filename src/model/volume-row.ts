/** A volume's row out of an engine's list. */
import { z } from 'zod'
import type { VolumeRow } from './rows.ts'

const ANONYMOUS_LABEL = 'com.docker.volume.anonymous'

const textMap = z.record(z.string(), z.string()).nullish()

/** As much of a volume as any engine says. */
export const volumeSchema = z.object({
  Name: z.string().min(1),
  Driver: z.string().nullish(),
  Mountpoint: z.string().nullish(),
  CreatedAt: z.string().nullish(),
  Labels: textMap,
  Options: textMap,
})

/** Of `GET /volumes`: the rows of what is as expected, by name. */
export const volumeRowsSchema = z.object({ Volumes: z.array(z.unknown()).nullish() }).transform(({ Volumes }) =>
  (Volumes ?? [])
    .flatMap((entry) => {
      const read = volumeSchema.safeParse(entry)
      return read.success ? [volumeRow(read.data)] : []
    })
    .sort((one, other) => Number(one.isAnonymous) - Number(other.isAnonymous) || collator.compare(one.name, other.name)),
)

/** Of `GET /system/df`: the bytes of those whose size the engine knows. */
export const volumeSizesSchema = z
  .object({
    Volumes: z.array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number().nullish() }).nullish() })).nullish(),
  })
  .transform(
    ({ Volumes }) =>
      new Map(
        (Volumes ?? []).flatMap(({ Name, UsageData }) => {
          const size = UsageData?.Size
          return typeof size === 'number' && size >= 0 ? [[Name, size] as const] : []
        }),
      ),
  )

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function volumeRow({ Name, Driver, Labels, Options }: z.infer<typeof volumeSchema>): VolumeRow {
  const options = Options ?? {}
  return {
    name: Name,
    driver: Driver ?? 'local',
    // Engines before Docker 23 set no label: then it is the name that says it.
    isAnonymous: ANONYMOUS_LABEL in (Labels ?? {}) || /^[0-9a-f]{64}$/.test(Name),
    labels: Labels ?? {},
    options,
  }
}
