/** Layers made by GNU tar. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeTemporaryFolder } from './folders.ts'
import { runChecked } from './run.ts'

const KEEP = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--sparse']

/** A layer of these files, by path; owned by root, with mode 644 unless said otherwise. */
export async function layerOf(files: Readonly<Record<string, string | Uint8Array>>, { mode = 0o644 } = {}): Promise<Buffer> {
  await using folder = makeTemporaryFolder('layer')
  chmodSync(folder.path, 0o755)
  for (const [path, content] of Object.entries(files)) {
    const place = join(folder.path, path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, content, { mode })
  }
  return await layerOfFolder(folder.path)
}

/** A layer of all that is in the folder. */
export async function layerOfFolder(path: string): Promise<Buffer> {
  await using folder = makeTemporaryFolder('tar')
  const archive = join(folder.path, 'layer.tar')
  await runChecked('tar', ['--create', '--file', archive, '--directory', path, '--format=pax', ...KEEP, '.'])
  return readFileSync(archive)
}
