/** A layer that is being unpacked. */
import { chmodSync, closeSync, constants, mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../linux/call.ts'
import { callAside } from '../../linux/call-aside.ts'
import type { Digest } from '../digest.ts'
import { explainDisk } from './disk-error.ts'
import type { NewLayer } from './layer-store.ts'

/** How names of folders begin that are not yet layers. */
export const UNFINISHED = 'new-'

export interface LayerEnd {
  discard(path: string): void
  place(path: string, diffId: Digest, size: number): void
}

/** Errors: Unavailable `no-space`, and those of the file system. */
export function createLayer(store: string, { discard, place }: LayerEnd): NewLayer {
  const path = onDisk(() => mkdtempSync(join(store, UNFINISHED)))
  const folder = join(path, 'fs')
  onDisk(() => mkdirSync(folder))
  // The root of a container, unless the archive says otherwise: the helper's umask would lock plain users out.
  chmodSync(folder, 0o755)
  let isSynced = false
  let isOpen = true
  return {
    folder,
    async sync() {
      const descriptor = openFolder(store)
      try {
        await callAside('syncfs', [descriptor], store)
        isSynced = true
      } catch (error) {
        throw explainDisk('write layer', error)
      } finally {
        closeSync(descriptor)
      }
    },
    commit(diffId, { size }) {
      onDisk(() => {
        writeFileSync(join(path, 'facts.json'), JSON.stringify({ diffId, size }), { mode: 0o600, flush: true })
        if (!isSynced) syncFilesystem(store)
        place(path, diffId, size)
      })
      isOpen = false
    },
    abort() {
      if (!isOpen) return
      isOpen = false
      discard(path)
    },
  }
}

/** A crash of the system must not leave a layer in its place whose files are empty: one call for all files beats one for each. */
function syncFilesystem(folder: string): void {
  const descriptor = openFolder(folder)
  try {
    call('syncfs', [descriptor], folder)
  } finally {
    closeSync(descriptor)
  }
}

function openFolder(folder: string): number {
  return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
}

function onDisk<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explainDisk('write layer', error)
  }
}
