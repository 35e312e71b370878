/**
 * Volumes whose options mount something: it is mounted while anybody holds the volume, as Docker does. What is held is known by whoever
 * holds it, not by a count on the disk: a helper that was killed leaves mounts, never wrong numbers.
 */

import { lookup } from 'node:dns/promises'
import { readFileSync, realpathSync } from 'node:fs'
import { isIP } from 'node:net'
import { PockerError } from '../../api/errors.ts'
import { mountDevice } from '../../archive/mount-device.ts'
import { realHostPath } from '../../container/spec/bind-source.ts'
import { isWithin } from '../../container/spec/container-path.ts'
import { call } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { type DeviceMount, parseDeviceMount } from '../../volume/device-mount.ts'
import type { StoredVolume, Volumes } from '../../volume/volumes.ts'
import { Lock } from '../lock.ts'

export interface MountedVolumesOptions {
  readonly volumes: Volumes
  /** The helper's own folder, which no volume shows. */
  readonly dataRoot: string
  readonly report: (error: unknown) => void
}

export class MountedVolumes {
  private readonly options: MountedVolumesOptions
  private readonly holders = new Map<string, Set<unknown>>()
  private readonly lock = new Lock()

  constructor(options: MountedVolumesOptions) {
    this.options = options
  }

  /** Whether the volume is more than a folder. */
  isDevice(name: string): boolean {
    return Object.keys(this.options.volumes.find(name)?.record.options ?? {}).length > 0
  }

  /** Mounts what the volume's options name, unless it is mounted. Errors: those of `checkDevice` and `mountDevice`; it is not held then. */
  async hold(volume: StoredVolume, holder: unknown): Promise<void> {
    this.takeOver(volume.name, holder)
    if (!this.isDevice(volume.name)) return
    try {
      await this.lock.run(() => this.mount(volume))
    } catch (error) {
      this.holders.get(volume.name)?.delete(holder)
      throw error
    }
  }

  /** Holds one that another helper has mounted. */
  takeOver(name: string, holder: unknown): void {
    const holders = this.holders.get(name) ?? new Set()
    this.holders.set(name, holders.add(holder))
  }

  /** Whether it was held. What is mounted goes when nobody else holds it. */
  release(name: string, holder: unknown): boolean {
    const was = this.holders.get(name)?.delete(holder) ?? false
    if (was && this.isDevice(name)) this.lock.run(async () => this.unmountUnheld(name)).catch(this.options.report)
    return was
  }

  /** Unmounts whatever a killed helper has left and nobody holds. After all `takeOver`s. */
  settle(): void {
    for (const { name } of this.options.volumes.all()) if (this.isDevice(name)) this.unmountUnheld(name)
  }

  /** At once, for one that is to be deleted: its data must not be taken for the mounted's. Precondition: nobody holds it. */
  unmount(name: string): void {
    if (this.isDevice(name)) this.unmountUnheld(name)
    this.holders.delete(name)
  }

  private async mount({ data, record }: StoredVolume): Promise<void> {
    const device = checkDevice(record.options, this.options.dataRoot)
    if (device === undefined || isMounted(data)) return
    await mountDevice({ ...device, data: await withAddress(device), target: data })
  }

  private unmountUnheld(name: string): void {
    const volume = this.options.volumes.find(name)
    if (volume === undefined || (this.holders.get(name)?.size ?? 0) > 0) return
    // Detached, as Docker does: a server that is gone would keep the helper waiting.
    while (isMounted(volume.data)) call('umount2', [volume.data, linux.MNT_DETACH | linux.UMOUNT_NOFOLLOW], volume.data)
  }
}

/** What the options ask for. Errors: those of `parseDeviceMount`; InvalidParameter `own-data-root`: whoever could write there would be the helper. */
export function checkDevice(options: Readonly<Record<string, string>>, dataRoot: string): DeviceMount | undefined {
  const device = parseDeviceMount(options)
  if (device === undefined || (device.flags & linux.MS_BIND) === 0) return device
  const real = realHostPath(device.device) ?? device.device
  if (!isWithin(real, dataRoot) && !isWithin(dataRoot, real)) return device
  throw new PockerError('InvalidParameter', `make a volume of '${device.device}': the helper's own folder is in it`, {
    code: 'own-data-root',
  })
}

function isMounted(path: string): boolean {
  const real = realpathSync(path)
  const places = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return places.some((line) => unescapeOctal(line.split(' ')[4] ?? '') === real)
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

/** The kernel's NFS client knows no names: mount.nfs looks them up, so it is done here. Errors: Unavailable `volume-server-unknown`. */
async function withAddress({ type, device, data }: DeviceMount): Promise<string> {
  if (!/^nfs4?$/.test(type)) return data
  const words = data.split(',').filter((word) => word !== '')
  const host =
    words.find((word) => word.startsWith('addr='))?.slice('addr='.length) ??
    device.slice(0, device.lastIndexOf(':')).replace(/^\[|\]$/g, '')
  if (host === '') return data
  const others = words.filter((word) => !word.startsWith('addr='))
  return [...others, `addr=${isIP(host) > 0 ? host : await addressOf(host)}`].join(',')
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address
  } catch (cause) {
    throw new PockerError('Unavailable', `mount volume: the server '${host}' has no address`, { code: 'volume-server-unknown', cause })
  }
}
