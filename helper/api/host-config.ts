import { z } from 'zod'
import { integer, limit, mapOf, objectOf, text } from './json.ts'

const throttleSchema = objectOf({ Path: text, Rate: limit.pipe(z.number().nonnegative()) })

const weightDeviceSchema = objectOf({ Path: text, Weight: integer })

const deviceSchema = objectOf({
  PathOnHost: text,
  PathInContainer: text.exactOptional(),
  /** Of `rwm`. */
  CgroupPermissions: text.exactOptional(),
})

const deviceRequestSchema = objectOf({
  Driver: text.exactOptional(),
  Count: integer.exactOptional(),
  DeviceIDs: z.array(text).exactOptional(),
  Capabilities: z.array(z.array(text)).exactOptional(),
  Options: mapOf(text).exactOptional(),
})

const ulimitSchema = objectOf({
  Name: text,
  /** -1 is unlimited. */
  Soft: limit.exactOptional(),
  Hard: limit.exactOptional(),
})

export const restartPolicySchema = objectOf({
  Name: z.enum(['', 'no', 'always', 'unless-stopped', 'on-failure']).exactOptional(),
  MaximumRetryCount: integer.exactOptional(),
})

/** Docker's Resources: what `update` can change too. Bytes and microseconds. */
export const resourcesShape = {
  CpuShares: integer.exactOptional(),
  Memory: limit.exactOptional(),
  /** CPUs times 10^9. */
  NanoCpus: limit.exactOptional(),
  CgroupParent: text.exactOptional(),
  BlkioWeight: integer.exactOptional(),
  BlkioWeightDevice: z.array(weightDeviceSchema).exactOptional(),
  BlkioDeviceReadBps: z.array(throttleSchema).exactOptional(),
  BlkioDeviceWriteBps: z.array(throttleSchema).exactOptional(),
  BlkioDeviceReadIOps: z.array(throttleSchema).exactOptional(),
  BlkioDeviceWriteIOps: z.array(throttleSchema).exactOptional(),
  CpuPeriod: limit.exactOptional(),
  CpuQuota: limit.exactOptional(),
  CpuRealtimePeriod: limit.exactOptional(),
  CpuRealtimeRuntime: limit.exactOptional(),
  CpusetCpus: text.exactOptional(),
  CpusetMems: text.exactOptional(),
  Devices: z.array(deviceSchema).exactOptional(),
  DeviceCgroupRules: z.array(text).exactOptional(),
  DeviceRequests: z.array(deviceRequestSchema).exactOptional(),
  KernelMemoryTCP: limit.exactOptional(),
  MemoryReservation: limit.exactOptional(),
  /** Memory plus swap; -1 is unlimited swap. */
  MemorySwap: limit.exactOptional(),
  /** -1 and absent both mean the host's. */
  MemorySwappiness: integer.exactOptional(),
  OomKillDisable: z.boolean().exactOptional(),
  /** 0 and -1 are unlimited. */
  PidsLimit: limit.exactOptional(),
  Ulimits: z.array(ulimitSchema).exactOptional(),
}

const stringMap = mapOf(text)

const portBindingSchema = objectOf({ HostIp: text.exactOptional(), HostPort: text.exactOptional() })

const mountSchema = objectOf({
  Type: z.enum(['bind', 'volume', 'tmpfs', 'image', 'npipe', 'cluster']),
  Source: text.exactOptional(),
  Target: text,
  ReadOnly: z.boolean().exactOptional(),
  Consistency: text.exactOptional(),
  BindOptions: objectOf({
    Propagation: z.enum(['', 'private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']).exactOptional(),
    NonRecursive: z.boolean().exactOptional(),
    CreateMountpoint: z.boolean().exactOptional(),
    ReadOnlyNonRecursive: z.boolean().exactOptional(),
    ReadOnlyForceRecursive: z.boolean().exactOptional(),
  }).exactOptional(),
  VolumeOptions: objectOf({
    NoCopy: z.boolean().exactOptional(),
    Labels: stringMap.exactOptional(),
    DriverConfig: objectOf({ Name: text.exactOptional(), Options: stringMap.exactOptional() }).exactOptional(),
    Subpath: text.exactOptional(),
  }).exactOptional(),
  TmpfsOptions: objectOf({
    SizeBytes: limit.exactOptional(),
    Mode: integer.exactOptional(),
    Options: z.array(z.array(text)).exactOptional(),
  }).exactOptional(),
})

/** Docker's HostConfig as clients send it. */
export const hostConfigSchema = objectOf({
  ...resourcesShape,
  /** `source:target[:options]` each. */
  Binds: z.array(text).exactOptional(),
  ContainerIDFile: text.exactOptional(),
  LogConfig: objectOf({ Type: text.exactOptional(), Config: stringMap.exactOptional() }).exactOptional(),
  NetworkMode: text.exactOptional(),
  /** `80/tcp` → where it is published; null is a port that is exposed only. */
  PortBindings: mapOf(z.array(portBindingSchema).nullable()).exactOptional(),
  RestartPolicy: restartPolicySchema.exactOptional(),
  AutoRemove: z.boolean().exactOptional(),
  VolumeDriver: text.exactOptional(),
  VolumesFrom: z.array(text).exactOptional(),
  Mounts: z.array(mountSchema).exactOptional(),
  /** Height, width. */
  ConsoleSize: z.tuple([integer.nonnegative(), integer.nonnegative()]).exactOptional(),
  Annotations: stringMap.exactOptional(),
  CapAdd: z.array(text).exactOptional(),
  CapDrop: z.array(text).exactOptional(),
  CgroupnsMode: z.enum(['', 'private', 'host']).exactOptional(),
  Dns: z.array(text).exactOptional(),
  DnsOptions: z.array(text).exactOptional(),
  DnsSearch: z.array(text).exactOptional(),
  ExtraHosts: z.array(text).exactOptional(),
  GroupAdd: z.array(text).exactOptional(),
  IpcMode: text.exactOptional(),
  Cgroup: text.exactOptional(),
  Links: z.array(text).exactOptional(),
  OomScoreAdj: integer.exactOptional(),
  PidMode: text.exactOptional(),
  Privileged: z.boolean().exactOptional(),
  PublishAllPorts: z.boolean().exactOptional(),
  ReadonlyRootfs: z.boolean().exactOptional(),
  SecurityOpt: z.array(text).exactOptional(),
  StorageOpt: stringMap.exactOptional(),
  /** Path → mount options. */
  Tmpfs: stringMap.exactOptional(),
  UTSMode: text.exactOptional(),
  UsernsMode: text.exactOptional(),
  ShmSize: limit.exactOptional(),
  Sysctls: stringMap.exactOptional(),
  Runtime: text.exactOptional(),
  Isolation: text.exactOptional(),
  /** Absent: Docker's defaults; an empty list: none. */
  MaskedPaths: z.array(text).exactOptional(),
  ReadonlyPaths: z.array(text).exactOptional(),
  /** PID 1 is an init that reaps and forwards signals. */
  Init: z.boolean().exactOptional(),
})

export type HostConfig = z.infer<typeof hostConfigSchema>
export type RestartPolicy = z.infer<typeof restartPolicySchema>
/** Docker's Mount of a request (`--mount`). */
export type MountRequest = z.infer<typeof mountSchema>
export type DeviceMapping = z.infer<typeof deviceSchema>
export type DeviceRequest = z.infer<typeof deviceRequestSchema>
export type ThrottleDevice = z.infer<typeof throttleSchema>
export type Ulimit = z.infer<typeof ulimitSchema>
export type PortBinding = z.infer<typeof portBindingSchema>
