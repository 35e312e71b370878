/** The hosts that the user has added: addresses, in a setting of this machine's that no folder can change. */
import { z } from 'zod'

/** As much of the editor's settings as is needed. */
export interface HostsSetting {
  read(): unknown
  write(addresses: readonly string[]): PromiseLike<void>
}

const addressesSchema = z.array(z.string().min(1).max(500))

/** The addresses, each once; none of a setting that is no list. */
export function savedHosts(setting: HostsSetting): readonly string[] {
  const read = addressesSchema.safeParse(setting.read())
  return read.success ? [...new Set(read.data.map((address) => address.trim()))].filter((address) => address !== '') : []
}

/** Adds one at the end. */
export async function saveHost(setting: HostsSetting, address: string): Promise<void> {
  const saved = savedHosts(setting)
  if (!saved.includes(address)) await setting.write([...saved, address])
}

/** Removes one. */
export async function removeHost(setting: HostsSetting, address: string): Promise<void> {
  await setting.write(savedHosts(setting).filter((other) => other !== address))
}
