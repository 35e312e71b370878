/** What is kept of a network that Pocker makes, across helpers and reboots. */
export interface NetworkRecord {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** The device that it is on this host. */
  readonly bridge: string
  readonly subnets: readonly SubnetRecord[]
  readonly internal: boolean
  readonly attachable: boolean
  readonly enableIPv4: boolean
  readonly enableIPv6: boolean
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

export interface SubnetRecord {
  /** `172.29.0.0/20` */
  readonly subnet: string
  /** Where addresses are taken from; absent: all of the subnet. */
  readonly range?: string
  /** The bridge's own address. */
  readonly gateway: string
  /** Names of addresses that others than containers have. */
  readonly auxiliary: Readonly<Record<string, string>>
  /** Pocker chose it, and may choose another one while nobody uses it. */
  readonly chosen: boolean
}

/** Reads a stored record; only this program writes them. Errors: TypeError for what is none. */
export function parseNetworkRecord(stored: unknown): NetworkRecord {
  if (typeof stored !== 'object' || stored === null || !('bridge' in stored) || !('subnets' in stored))
    throw new TypeError('not a network record')
  return stored as NetworkRecord
}

/** The options that Docker's bridge driver has and this one follows. */
export const OPTION = {
  bridgeName: 'com.docker.network.bridge.name',
  talk: 'com.docker.network.bridge.enable_icc',
  masquerade: 'com.docker.network.bridge.enable_ip_masquerade',
  hostAddress: 'com.docker.network.bridge.host_binding_ipv4',
  mtu: 'com.docker.network.driver.mtu',
} as const

/** Whether its containers may talk to each other other than by published ports. */
export function allowsTalk({ options }: NetworkRecord): boolean {
  return options[OPTION.talk] !== 'false'
}

/** Whether what leaves it gets an address of this host's. */
export function masquerades({ options, internal }: NetworkRecord): boolean {
  return !internal && options[OPTION.masquerade] !== 'false'
}

/** Bytes of the largest packet. */
export function mtuOf({ options }: NetworkRecord): number {
  return Number(options[OPTION.mtu] ?? 1500)
}
