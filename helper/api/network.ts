import { z } from 'zod'
import type { PortBinding } from './host-config.ts'
import type { Answered } from './json.ts'
import { integer, mapOf, objectOf, text } from './json.ts'

const endpointSchema = objectOf({
  IPAMConfig: objectOf({
    IPv4Address: text.exactOptional(),
    IPv6Address: text.exactOptional(),
    LinkLocalIPs: z.array(text).exactOptional(),
  }).exactOptional(),
  Links: z.array(text).exactOptional(),
  Aliases: z.array(text).exactOptional(),
  MacAddress: text.exactOptional(),
  DriverOpts: mapOf(text).exactOptional(),
  NetworkID: text.exactOptional(),
  EndpointID: text.exactOptional(),
  Gateway: text.exactOptional(),
  IPAddress: text.exactOptional(),
  IPPrefixLen: integer.exactOptional(),
  IPv6Gateway: text.exactOptional(),
  GlobalIPv6Address: text.exactOptional(),
  GlobalIPv6PrefixLen: integer.exactOptional(),
  DNSNames: z.array(text).exactOptional(),
})

/** Network name → how the container joins it; a null endpoint has all defaults. */
export const networkingConfigSchema = objectOf({
  EndpointsConfig: mapOf(endpointSchema.nullable()).exactOptional(),
})

export type NetworkingConfig = z.infer<typeof networkingConfigSchema>
export type EndpointSettings = z.infer<typeof endpointSchema>

export interface NetworkSettings {
  readonly Bridge: string
  readonly SandboxID: string
  readonly SandboxKey: string
  readonly Ports: Readonly<Record<string, readonly PortBinding[] | null>>
  readonly HairpinMode: boolean
  readonly LinkLocalIPv6Address: string
  readonly LinkLocalIPv6PrefixLen: number
  readonly SecondaryIPAddresses: null
  readonly SecondaryIPv6Addresses: null
  readonly EndpointID: string
  readonly Gateway: string
  readonly GlobalIPv6Address: string
  readonly GlobalIPv6PrefixLen: number
  readonly IPAddress: string
  readonly IPPrefixLen: number
  readonly IPv6Gateway: string
  readonly MacAddress: string
  readonly Networks: Readonly<Record<string, Answered<EndpointSettings>>>
}

/** One published or exposed port in the list of containers. */
export interface Port {
  readonly IP?: string
  readonly PrivatePort: number
  readonly PublicPort?: number
  readonly Type: 'tcp' | 'udp' | 'sctp'
}

const ipamConfigSchema = objectOf({
  Subnet: text.exactOptional(),
  IPRange: text.exactOptional(),
  Gateway: text.exactOptional(),
  AuxiliaryAddresses: mapOf(text).exactOptional(),
  /** What older clients call it. */
  AuxAddress: mapOf(text).exactOptional(),
})

/** Body of `POST /networks/create`. */
export const networkCreateSchema = objectOf({
  Name: text,
  Driver: text.exactOptional(),
  Internal: z.boolean().exactOptional(),
  Attachable: z.boolean().exactOptional(),
  Ingress: z.boolean().exactOptional(),
  EnableIPv4: z.boolean().exactOptional(),
  EnableIPv6: z.boolean().exactOptional(),
  Scope: text.exactOptional(),
  ConfigOnly: z.boolean().exactOptional(),
  ConfigFrom: objectOf({ Network: text.exactOptional() }).exactOptional(),
  IPAM: objectOf({
    Driver: text.exactOptional(),
    Config: z.array(ipamConfigSchema).exactOptional(),
    Options: mapOf(text).exactOptional(),
  }).exactOptional(),
  Options: mapOf(text).exactOptional(),
  Labels: mapOf(text).exactOptional(),
})

/** Body of `POST /networks/{id}/connect`. */
export const networkConnectSchema = objectOf({ Container: text, EndpointConfig: endpointSchema.exactOptional() })

/** Body of `POST /networks/{id}/disconnect`. */
export const networkDisconnectSchema = objectOf({ Container: text, Force: z.boolean().exactOptional() })

export type IpamConfig = z.infer<typeof ipamConfigSchema>
export type NetworkCreateRequest = z.infer<typeof networkCreateSchema>
export type NetworkConnectRequest = z.infer<typeof networkConnectSchema>
export type NetworkDisconnectRequest = z.infer<typeof networkDisconnectSchema>

/** Docker's Network: a row of a list, and with its containers all about one. */
export interface NetworkInspect {
  readonly Name: string
  readonly Id: string
  readonly Created: string
  readonly Scope: 'local'
  readonly Driver: string
  readonly EnableIPv4: boolean
  readonly EnableIPv6: boolean
  readonly IPAM: {
    readonly Driver: string
    readonly Options: Readonly<Record<string, string>> | null
    readonly Config: readonly IpamConfig[]
  }
  readonly Internal: boolean
  readonly Attachable: boolean
  readonly Ingress: boolean
  readonly ConfigFrom: { readonly Network: string }
  readonly ConfigOnly: boolean
  /** By container ID; empty in lists. */
  readonly Containers: Readonly<Record<string, NetworkMember>>
  readonly Options: Readonly<Record<string, string>>
  readonly Labels: Readonly<Record<string, string>>
}

/** A running container in a network. Addresses are with their prefix. */
export interface NetworkMember {
  readonly Name: string
  readonly EndpointID: string
  readonly MacAddress: string
  readonly IPv4Address: string
  readonly IPv6Address: string
}
