/** Which program of this host has a port: asked only when one is wanted that is taken. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** `nginx (process 123)`, or undefined when it cannot be found. */
export function portOwner({ protocol, port }: { protocol: 'tcp' | 'udp'; port: number }): string | undefined {
  const inodes = new Set([protocol, `${protocol}6`].flatMap((table) => inodesOf(`/proc/net/${table}`, { protocol, port })))
  if (inodes.size === 0) return undefined
  const pid = list('/proc').find((name) => /^\d+$/.test(name) && holds(name, inodes))
  if (pid === undefined) return undefined
  return `${read(`/proc/${pid}/comm`).trim()} (process ${pid})`
}

/** Fields: number, local address, remote, state, queues, timer, retransmissions, user, timeout, inode. A listening state is 0A, of UDP 07. */
function inodesOf(table: string, { protocol, port }: { protocol: 'tcp' | 'udp'; port: number }): string[] {
  const state = protocol === 'tcp' ? '0A' : '07'
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local = '', , found, , , , , , inode = '']) => (local.endsWith(end) && found === state ? [inode] : []))
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  return list(`/proc/${pid}/fd`).some((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      return inode !== undefined && inodes.has(inode)
    } catch {
      // Closed since the list was read.
      return false
    }
  })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // The process has ended since.
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // As above, or a kernel without IPv6.
    return ''
  }
}
