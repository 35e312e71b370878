/** To a host, through all that lies before it. */
import type { Duplex } from 'node:stream'
import { PockerError } from '../../helper/api/errors.ts'
import { parseAddress, type SshAddress } from '../address.ts'
import { type ConfigPlace, type HostSettings, hostSettings } from '../config/host-settings.ts'
import type { Questions } from '../questions.ts'
import { openClient } from './open-client.ts'
import { reachByCommand, reachDirectly } from './reach.ts'
import { SshConnection } from './ssh-connection.ts'

export interface Connecting {
  readonly place: ConfigPlace
  /** Undefined: nobody may be asked. */
  readonly questions: Questions | undefined
  readonly signal?: AbortSignal | undefined
}

const LONGEST_CHAIN = 8

/**
 * Connects. Each host on the way is verified by its own key and let in by its own settings. Errors: those of `hostSettings`, `reachDirectly`
 * and `openClient`.
 */
export async function connectTo(address: SshAddress, connecting: Connecting): Promise<SshConnection> {
  return await connectThrough(hostSettings(address, connecting.place), connecting, { isJump: false, depth: 0 })
}

interface Hop {
  readonly isJump: boolean
  readonly depth: number
}

async function connectThrough(settings: HostSettings, connecting: Connecting, hop: Hop): Promise<SshConnection> {
  if (hop.depth > LONGEST_CHAIN)
    throw new PockerError('InvalidParameter', `connect to ${settings.alias}: its jumps go in a circle`, { code: 'bad-ssh-config' })
  const before = await connectJumps(settings, connecting, hop.depth + 1)
  try {
    const stream: Duplex = before !== undefined ? await before.openPort(settings.host, settings.port) : await reach(settings)
    const client = await openClient({ ...connecting, settings, stream, isJump: hop.isJump })
    return new SshConnection(client, settings.alias, before === undefined ? [] : [before])
  } catch (error) {
    before?.close()
    throw error
  }
}

async function reach(settings: HostSettings): Promise<Duplex> {
  return settings.proxyCommand === undefined ? await reachDirectly(settings) : reachByCommand(settings, settings.proxyCommand)
}

/** The connection to the last host before this one. As in OpenSSH, the first jump goes its own way, and the others through those before them. */
async function connectJumps({ jumps }: HostSettings, connecting: Connecting, depth: number): Promise<SshConnection | undefined> {
  let last: SshConnection | undefined
  for (const text of jumps) {
    const settings = hostSettings(parseAddress(text), connecting.place)
    if (last === undefined) last = await connectThrough(settings, connecting, { isJump: true, depth })
    else last = await oneFurther(last, settings, connecting)
  }
  return last
}

async function oneFurther(last: SshConnection, settings: HostSettings, connecting: Connecting): Promise<SshConnection> {
  try {
    const stream = await last.openPort(settings.host, settings.port)
    return new SshConnection(await openClient({ ...connecting, settings, stream, isJump: true }), settings.alias, [last])
  } catch (error) {
    last.close()
    throw error
  }
}
