/** Trees of files, entry by entry, to be compared. */
import { createHash } from 'node:crypto'
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { runChecked } from './run.ts'

/** By path relative to the root, `.` for the root itself: all that there is to say of an entry, as text. */
export type Tree = ReadonlyMap<string, string>

/** Reads a tree, without what is mounted in it: type, mode, owner, time to the nanosecond, device, links, extended attributes, content. */
export async function readTree(root: string): Promise<Tree> {
  const attributes = await readAttributes(root)
  const tree = new Map<string, string>()
  const firstNames = new Map<bigint, string>()
  const { dev } = lstatSync(root, { bigint: true })
  const visit = (path: string): void => {
    const place = join(root, path)
    const stat = lstatSync(place, { bigint: true })
    const words = [
      `mode=${stat.mode.toString(8)} owner=${stat.uid}:${stat.gid} time=${stat.mtimeNs}`,
      ...(stat.isFile() ? [`size=${stat.size} sha256=${hashFile(place)}`] : []),
      ...(stat.isSymbolicLink() ? [`to=${readlinkSync(place)}`] : []),
      ...(stat.isCharacterDevice() || stat.isBlockDevice() ? [`device=${stat.rdev}`] : []),
      ...(attributes.get(path) ?? []),
    ]
    // Overlay counts links of layers below that are hidden, so the count is not looked at.
    const first = stat.isDirectory() ? undefined : firstNames.get(stat.ino)
    if (first !== undefined) words.push(`same as ${first}`)
    firstNames.set(stat.ino, first ?? path)
    tree.set(path, words.join(' '))
    if (stat.isDirectory() && stat.dev === dev) for (const name of readdirSync(place).sort()) visit(join(path, name))
  }
  visit('.')
  return tree
}

/** One line for each difference. */
export function compareTrees(left: Tree, right: Tree): string[] {
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort()
  return paths.flatMap((path) => {
    const [one, other] = [left.get(path), right.get(path)]
    return one === other ? [] : [`${path}: ${one ?? 'is not there'} | ${other ?? 'is not there'}`]
  })
}

/** The tree, but for when these entries were changed. */
export function withoutTimesOf(tree: Tree, paths: readonly string[]): Tree {
  const gone = new Set(paths)
  return new Map([...tree].map(([path, entry]) => [path, gone.has(path) ? entry.replace(/ time=-?\d+/, '') : entry]))
}

function hashFile(path: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(1 << 20)
  const descriptor = openSync(path, 'r')
  try {
    for (let count = readSync(descriptor, piece); count > 0; count = readSync(descriptor, piece)) hash.update(piece.subarray(0, count))
  } finally {
    closeSync(descriptor)
  }
  return hash.digest('hex')
}

/** As hexadecimal words, sorted. Those of overlay's own bookkeeping are not part of what an image says. */
async function readAttributes(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await runChecked('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--', '.'], { cwd: root })
  const found = new Map<string, readonly string[]>()
  for (const block of text.split('\n\n')) {
    const [head = '', ...lines] = block.trim().split('\n')
    if (!head.startsWith('# file: ')) continue
    const path = withoutEscapes(head.slice('# file: '.length))
    found.set(path === '.' ? '.' : path.replace(/^\.\//, ''), lines.filter((line) => !line.startsWith('trusted.overlay.')).sort())
  }
  return found
}

/** getfattr writes unusual bytes as `\ooo`. */
function withoutEscapes(text: string): string {
  return Buffer.from(
    text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    'latin1',
  ).toString()
}
