/** Blobs by their digest, in the folders of the OCI image layout. */
import type { Readable } from 'node:stream'
import type { Digest } from '../digest.ts'

export interface ContentStore {
  has(digest: Digest): boolean
  /** Bytes; undefined when it is not there. */
  size(digest: Digest): number | undefined
  /** A descriptor for reading, the caller's to close. Errors: NotFound `blob-missing`. */
  open(digest: Digest): number
  /** The whole blob, verified. Errors: `blob-missing`, `blob-too-large` above `limit` bytes, `blob-corrupt`. */
  read(digest: Digest, limit: number): Buffer
  /** The blob in pieces; ends with the error `blob-corrupt` when the bytes were not those of the digest. */
  stream(digest: Digest): Readable
  /** A new blob, in a file of its own until it is committed. */
  create(): BlobWriter
  /** Writes a small blob (manifest, configuration) at once. */
  put(bytes: Uint8Array): Digest
  /** Errors: those of the file system; nothing to delete is fine. */
  delete(digest: Digest): void
  list(): readonly Digest[]
}

export interface BlobWriter {
  /** Bytes so far: a download that broke off goes on from here. */
  readonly written: number
  write(piece: Uint8Array): void
  /** Starts over: the source has changed. */
  reset(): void
  /**
   * Checks, makes durable and gives the blob its name; one that is there already is kept.
   * Errors: InvalidParameter `blob-mismatch` when it is not what was expected; nothing is left of it then.
   */
  commit(expected?: { readonly digest?: Digest; readonly size?: number }): Digest
  /** Leaves nothing. May be called after commit, and then does nothing. */
  abort(): void
}
