/** A blob that is being written: a file of no name yet, with the hash of what is in it. */
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, constants, fchmodSync, fdatasync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import { type Digest, digestHex, parseDigest } from '../digest.ts'
import type { BlobWriter } from './content-store.ts'
import { explainDisk } from './disk-error.ts'
import { syncFolder } from './sync-folder.ts'

/**
 * Bytes after which the disk is asked, on another thread, to take what is there: otherwise all of a large blob would have to be
 * waited for at its end, by everyone who waits for the helper.
 */
const SYNC_EVERY = 16 << 20

export interface BlobFolders {
  readonly ingest: string
  readonly blobs: string
}

/** Errors: those of the file system; of `write` and `commit`, Unavailable `no-space`. */
export function createBlob({ ingest, blobs }: BlobFolders): BlobWriter {
  const path = join(ingest, randomBytes(12).toString('hex'))
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const file = syncedFile(onDisk(() => openSync(path, flags, 0o600)))
  let hash = createHash('sha256')
  let written = 0
  let isOpen = true

  function end(): void {
    if (!isOpen) return
    isOpen = false
    file.close()
    rmSync(path, { force: true })
  }

  return {
    get written() {
      return written
    },
    write(piece) {
      onDisk(() => {
        for (let at = 0; at < piece.length; ) at += writeSync(file.descriptor, piece, at, piece.length - at, written + at)
      })
      hash.update(piece)
      written += piece.length
      file.wrote(piece.length)
    },
    reset() {
      ftruncateSync(file.descriptor, 0)
      hash = createHash('sha256')
      written = 0
    },
    commit(expected = {}) {
      try {
        const digest = parseDigest(`sha256:${hash.digest('hex')}`)
        checkBlob({ digest, size: written }, expected)
        onDisk(() => {
          fchmodSync(file.descriptor, 0o400)
          fsyncSync(file.descriptor)
          file.check()
          // Over one that is there: it has the same bytes, unless the disk has damaged it.
          renameSync(path, join(blobs, digestHex(digest)))
          syncFolder(blobs)
        })
        return digest
      } finally {
        end()
      }
    },
    abort: end,
  }
}

interface SyncedFile {
  readonly descriptor: number
  wrote(bytes: number): void
  /** Errors: what an earlier, silent attempt to write to the disk has met. */
  check(): void
  close(): void
}

/** The descriptor is closed when no thread uses it any more: its number could be another file's by then. */
function syncedFile(descriptor: number): SyncedFile {
  let waiting = 0
  let isSyncing = false
  let isClosed = false
  let failure: Error | undefined
  return {
    descriptor,
    wrote(bytes) {
      waiting += bytes
      if (waiting < SYNC_EVERY || isSyncing) return
      waiting = 0
      isSyncing = true
      fdatasync(descriptor, (error) => {
        // Kept for the commit: the kernel reports a failed write once to each descriptor, so the last fsync would not tell again.
        failure ??= error ?? undefined
        isSyncing = false
        if (isClosed) closeSync(descriptor)
      })
    },
    check() {
      if (failure !== undefined) throw failure
    },
    close() {
      isClosed = true
      if (!isSyncing) closeSync(descriptor)
    },
  }
}

function checkBlob(found: { digest: Digest; size: number }, expected: { readonly digest?: Digest; readonly size?: number }): void {
  if (expected.size !== undefined && found.size !== expected.size) {
    throw mismatch(expected.digest ?? found.digest, `it has ${found.size} bytes, not ${expected.size}`)
  }
  if (expected.digest !== undefined && found.digest !== expected.digest) throw mismatch(expected.digest, `its content is ${found.digest}`)
}

function mismatch(digest: Digest, why: string): PockerError {
  return new PockerError('InvalidParameter', `store blob ${digest}: ${why}`, { code: 'blob-mismatch' })
}

function onDisk<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explainDisk('write blob', error)
  }
}
