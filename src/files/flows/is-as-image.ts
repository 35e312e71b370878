/** Whether a container still has what its image has. */
import type { Readable } from 'node:stream'
import type { Hosts } from '../../hosts/hosts.ts'
import type { FileRef } from '../place.ts'
import { filesOf } from '../place-access.ts'
import { originOf } from './change-view.ts'

/** Looks at kind, mode, owner and all bytes. Errors: those of `Files`. */
export async function isAsImage(hosts: Hosts, { place, path }: FileRef): Promise<boolean> {
  const [origin, files] = await Promise.all([filesOf(hosts, originOf(place)), filesOf(hosts, place)])
  const [was, is] = await Promise.all([origin.stat(path), files.stat(path)])
  const isSame = was.kind === is.kind && was.mode === is.mode && was.uid === is.uid && was.gid === is.gid
  if (!isSame || was.kind !== 'file') return isSame && was.kind === 'folder'
  return was.size === is.size && (await areSame(await origin.content(path), await files.content(path)))
}

async function areSame(a: Readable, b: Readable): Promise<boolean> {
  const others = b[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of a) {
      for (let left: Buffer = piece; left.length > 0; ) {
        if (rest.length === 0) {
          const next = await others.next()
          if (next.done === true) return false
          rest = next.value
        }
        const length = Math.min(left.length, rest.length)
        if (!left.subarray(0, length).equals(rest.subarray(0, length))) return false
        left = left.subarray(length)
        rest = rest.subarray(length)
      }
    }
    return rest.length === 0 && (await others.next()).done === true
  } finally {
    b.destroy()
  }
}
