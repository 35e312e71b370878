import { runArchiveJob } from './process.ts'

/** Milliseconds: a server that has not answered by then is taken not to be there. */
const PATIENCE = 30_000

export interface DeviceToMount {
  readonly type: string
  readonly device: string
  readonly flags: number
  readonly data: string
  /** A folder of the host's. */
  readonly target: string
}

/** Mounts it. Errors: InvalidParameter `volume-device-missing`; Unavailable `volume-mount-failed`; Cancelled `cancelled` after 30 s. */
export async function mountDevice(device: DeviceToMount): Promise<void> {
  await runArchiveJob({ kind: 'mount-device', ...device }, { signal: AbortSignal.timeout(PATIENCE) })
}
