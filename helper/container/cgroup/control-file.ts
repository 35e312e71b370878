/** The kernel's control files, read and written with no more calls than needed. Errors are node's, with code and path. */
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'

/** The content without the final newline. */
export function readControl(file: string): string {
  return readFileSync(file, 'latin1').trimEnd()
}

/** As `readControl`; undefined when there is no such file, or its group has just been removed. */
export function tryReadControl(file: string): string | undefined {
  try {
    return readControl(file)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/**
 * Makes one write of `value`.
 * Never with O_CREAT: a control file that the kernel does not have must answer ENOENT, not EPERM.
 */
export function writeControl(file: string, value: string): void {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_TRUNC)
  try {
    writeSync(descriptor, value)
  } finally {
    closeSync(descriptor)
  }
}

/** Whether the error says that the file's group is no more (ENODEV: it was removed while open). */
export function isGone(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENODEV'
}

/** The errno's name of an error of node:fs. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
