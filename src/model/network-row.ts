/** A network's row out of an engine's list. */
import { z } from 'zod'
import type { NetworkRow } from './rows.ts'

/** Engines make these themselves: Docker and Pocker the first three, Podman the last. */
const PREDEFINED = ['bridge', 'host', 'none', 'podman']

const textMap = z.record(z.string(), z.string()).nullish()

/** A container that runs in it; addresses have their prefix: `172.18.0.2/16`. */
const memberSchema = z.object({
  Name: z.string().nullish(),
  IPv4Address: z.string().nullish(),
  IPv6Address: z.string().nullish(),
  MacAddress: z.string().nullish(),
})

/** As much of a network as any engine says. */
export const networkSchema = z.object({
  Name: z.string().min(1),
  Id: z.string().min(1),
  Created: z.string().nullish(),
  Driver: z.string().nullish(),
  EnableIPv6: z.boolean().nullish(),
  Internal: z.boolean().nullish(),
  IPAM: z
    .object({
      Config: z.array(z.object({ Subnet: z.string().nullish(), Gateway: z.string().nullish(), IPRange: z.string().nullish() })).nullish(),
    })
    .nullish(),
  Containers: z.record(z.string(), memberSchema).nullish(),
  Options: textMap,
  Labels: textMap,
})

/** Of `GET /networks`: the rows of what is as expected, those of the engine's own last. */
export const networkRowsSchema = z.array(z.unknown()).transform((entries) =>
  entries
    .flatMap((entry) => {
      const read = networkSchema.safeParse(entry)
      return read.success ? [networkRow(read.data)] : []
    })
    .sort((one, other) => Number(one.isPredefined) - Number(other.isPredefined) || collator.compare(one.name, other.name)),
)

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function networkRow({ Id, Name, Driver, IPAM, Internal, Labels, Options }: z.infer<typeof networkSchema>): NetworkRow {
  return {
    id: Id,
    name: Name,
    driver: Driver ?? '',
    subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined || Subnet === null || Subnet === '' ? [] : [Subnet])),
    isInternal: Internal === true,
    isPredefined: PREDEFINED.includes(Name),
    labels: Labels ?? {},
    options: Options ?? {},
  }
}
