import type { Process } from '../../container/oci.ts'

/** So many bytes are enough for a program file that executes the process by one of these names. */
export function elfLimit(process: Process, candidates: readonly string[]): number {
  const texts = [...process.args, ...process.env, ...candidates]
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 24, 1 << 14) + 80 * 2 * candidates.length
}
