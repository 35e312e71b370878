import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of the regular files in these folders; each file once, however many hard links it has; links and other filesystems are left out. */
export async function folderSize(folders: readonly string[]): Promise<number> {
  let bytes = 0
  for (const folder of folders) {
    const { dev } = await lstat(folder)
    const seen = new Set<number>()
    const waiting = [folder]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const entry of await readdir(next, { withFileTypes: true })) {
        if (!entry.isFile() && !entry.isDirectory()) continue
        const path = join(next, entry.name)
        const stats = await lstat(path)
        if (stats.dev !== dev) continue
        if (stats.isDirectory()) waiting.push(path)
        if (!stats.isFile() || (stats.nlink > 1 && seen.has(stats.ino))) continue
        if (stats.nlink > 1) seen.add(stats.ino)
        bytes += stats.size
      }
    }
  }
  return bytes
}
