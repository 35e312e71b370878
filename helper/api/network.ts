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

export interface NetworkSummary {
  readonly Name: string
  readonly Id: string
  readonly Created: string
  readonly Scope: 'local'
  readonly Driver: string
  readonly EnableIPv4: boolean
  readonly EnableIPv6: boolean
  readonly IPAM: { readonly Driver: string; readonly Options: Readonly<Record<string, string>> | null; readonly Config: readonly unknown[] }
  readonly Internal: boolean
  readonly Attachable: boolean
  readonly Ingress: boolean
  readonly ConfigFrom: { readonly Network: string }
  readonly ConfigOnly: boolean
  readonly Containers: Readonly<Record<string, never>>
  readonly Options: Readonly<Record<string, string>>
  readonly Labels: Readonly<Record<string, string>>
}
