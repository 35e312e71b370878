/**
 * Makes an archive's entries as files beneath a folder. All calls are made with the entry's own folder as the current one, by its last name
 * alone, and links are never followed there: what the entry before was, or what somebody swaps meanwhile, cannot lead them elsewhere.
 */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import { linux } from '../../linux/constants.ts'
import { badEntry, tooMuch } from '../tar/bad-archive.ts'
import { showPath, type TarEntry, type TarSink } from '../tar/entry.ts'
import { baseOf, cleanPath, parentOf, readWhiteout } from './entry-path.ts'
import { failure } from './failure.ts'
import {
  changeModeOf,
  changeOwner,
  changeOwnerOf,
  deviceNumber,
  hardLink,
  kindOf,
  mkdir,
  mknod,
  open,
  setTimes,
  setXattr,
  symlink,
} from './file-calls.ts'
import { FileWriter } from './file-writer.ts'
import { FolderCursor } from './folder-cursor.ts'
import { finishFolders, type LateFolder } from './late-folders.ts'
import type { Budget } from './limits.ts'
import { removeTree } from './remove-tree.ts'
import type { UnpackRules } from './rules.ts'
import type { Owner } from './small-file.ts'
import { applyXattrs, DEFAULT_ACL, keptXattrs } from './xattrs.ts'

const { EEXIST, EISDIR } = constants.errno

/** Opaque folders are marked by the helper, one by one. No layer of real images has had more than some hundreds. */
const MAX_OPAQUE = 20_000

/** Bytes of what is kept in memory until the end. */
const MAX_KEPT = 64 << 20

export interface TreeWriterOptions {
  /** A descriptor of the folder. */
  readonly root: number
  readonly rules: UnpackRules
  readonly budget: Budget
}

export class TreeWriter implements TarSink {
  private readonly rules: UnpackRules
  private readonly budget: Budget
  private readonly cursor: FolderCursor
  private readonly file: FileWriter
  private readonly folders = new Map<string, LateFolder>()
  private readonly opaque = new Set<string>()
  private readonly whiteouts = new Set<string>()
  private kept = 0
  /** Whether the entry's content goes into a file. */
  private isFile = false

  constructor({ root, rules, budget }: TreeWriterOptions) {
    this.rules = rules
    this.budget = budget
    this.cursor = new FolderCursor({ root, reach: rules.links, onMake: () => budget.spendFolder() })
    this.file = new FileWriter({ budget, ownerOf: (entry) => this.ownerOf(entry), clear: (base, entry) => this.clear(base, entry) })
  }

  /** Errors: `bad-archive`, `archive-…`, `no-space`, `read-only`, `path-busy`, `wrong-kind`. */
  begin(entry: TarEntry): void {
    this.budget.spendEntry(entry)
    this.isFile = false
    const path = cleanPath(entry.path)
    if (this.rules.whiteouts === 'overlay' && this.useWhiteout(path)) return
    if (path === '') {
      this.useRoot(entry)
      return
    }
    const base = this.cursor.enterParent(path)
    if (entry.type === 'directory') {
      this.makeFolder(base, path, entry)
      return
    }
    this.folders.delete(path)
    switch (entry.type) {
      case 'file':
        this.isFile = true
        this.file.begin(base, entry)
        break
      case 'symlink':
        this.makeLink(base, entry)
        break
      case 'hardlink':
        this.makeHardLink(path, entry)
        break
      default:
        this.makeNode(base, entry)
    }
  }

  data(piece: Buffer, position: number): void {
    if (this.isFile) this.file.data(piece, position)
  }

  end(): void {
    if (this.isFile) this.file.end()
    this.isFile = false
  }

  /** After the last entry. Returns the folders that hide what layers below have in them: clean paths without links. */
  finish(): readonly string[] {
    finishFolders(this.folders, this.cursor)
    return [...this.opaque]
  }

  private ownerOf(entry: TarEntry): Owner {
    return this.rules.owners === 'archive' ? entry : { uid: 0, gid: 0 }
  }

  /** Whether the entry is but a mark. */
  private useWhiteout(path: string): boolean {
    const whiteout = readWhiteout(path)
    switch (whiteout.kind) {
      case 'none':
        return false
      case 'ignored':
        return true
      case 'opaque':
        // Umoci has marks below what it has put in a folder's place: there is nothing left to be hidden.
        if (this.cursor.isBlocked(whiteout.path)) return true
        this.cursor.enter(whiteout.path)
        this.markOpaque(this.cursor.pathOf(''))
        return true
      case 'removed':
        if (this.cursor.isBlocked(parentOf(whiteout.path))) return true
        this.hide(this.cursor.enterParent(whiteout.path))
        return true
    }
  }

  /** What the archive itself has by that name stays: whiteouts are about the layers below (OCI image specification, layer.md). */
  private hide(base: string): void {
    const path = this.cursor.pathOf(base)
    const result = mknod(base, linux.S_IFCHR, 0)
    if (result >= 0) {
      this.remembered(path.length)
      this.whiteouts.add(path)
    } else if (result !== -EEXIST) throw failure('mknodat', path, -result)
    else if (kindOf(base) === linux.S_IFDIR) this.markOpaque(path)
  }

  private markOpaque(path: string): void {
    this.remembered(path.length)
    this.opaque.add(path)
    if (this.opaque.size > MAX_OPAQUE) throw tooMuch('archive-too-many-entries', `it has more than ${MAX_OPAQUE} opaque folders`)
  }

  /** The folder that is unpacked to. */
  private useRoot(entry: TarEntry): void {
    if (entry.type !== 'directory') throw badEntry(entry.path, 'is meant to be the folder that it is unpacked to')
    if (this.rules.root === 'as-it-is') return
    this.cursor.enter('')
    this.finishFolder('.', '', entry)
  }

  private makeFolder(base: string, path: string, entry: TarEntry): void {
    let result = mkdir(base, 0o700)
    if (result === -EEXIST && kindOf(base) !== linux.S_IFDIR) {
      const real = this.cursor.pathOf(base)
      // What the layers below have there is hidden, and so it must be by the folder that takes the place.
      if (this.whiteouts.delete(real)) this.markOpaque(real)
      this.clear(base, entry)
      result = mkdir(base, 0o700)
    }
    if (result < 0 && result !== -EEXIST) throw failure('mkdirat', entry.path, -result)
    this.finishFolder(base, path, entry)
  }

  private finishFolder(base: string, path: string, entry: TarEntry): void {
    const descriptor = open(base, linux.O_RDONLY | linux.O_DIRECTORY)
    if (descriptor < 0) throw failure('openat', entry.path, -descriptor)
    const { uid, gid } = this.ownerOf(entry)
    const owner = changeOwnerOf(descriptor, uid, gid)
    const mode = owner < 0 ? owner : changeModeOf(descriptor, entry.mode)
    if (mode < 0) throw failure(owner < 0 ? 'fchown' : 'fchmod', entry.path, -mode)
    const xattrs = keptXattrs(entry)
    applyXattrs(descriptor, { path: entry.path, xattrs: xattrs.filter(([name]) => name !== DEFAULT_ACL) })
    closeSync(descriptor)
    // A folder's default list is handed on to all that is made in it.
    this.remember(path, entry, xattrs.find(([name]) => name === DEFAULT_ACL)?.[1])
  }

  private remember(path: string, entry: TarEntry, acl?: Buffer): void {
    // Copied: the value is a part of all that the entry's extended headers hold.
    const defaultAcl = acl === undefined ? undefined : Buffer.from(acl)
    this.remembered(path.length + (defaultAcl?.length ?? 0))
    this.folders.set(path, { mtime: entry.mtime, defaultAcl })
  }

  private remembered(bytes: number): void {
    this.kept += bytes
    if (this.kept > MAX_KEPT) throw tooMuch('archive-too-many-entries', `the names of its folders have more than ${MAX_KEPT} bytes`)
  }

  private makeLink(base: string, entry: TarEntry): void {
    if (entry.linkPath === '' || entry.linkPath.length > 4095) throw badEntry(entry.path, 'is a link with a target that cannot be')
    this.make(base, entry, () => symlink(entry.linkPath, base))
    this.describe(base, entry)
  }

  private makeNode(base: string, entry: TarEntry): void {
    const { type, mode, deviceMajor, deviceMinor } = entry
    const isDevice = type !== 'fifo'
    if (type === 'character' && deviceMajor === 0 && deviceMinor === 0 && this.rules.whiteouts === 'overlay') {
      throw badEntry(entry.path, 'is the device 0:0, which hides files of other layers')
    }
    // What the kernel has room for: anything else would become another device.
    if (isDevice && !(deviceMajor >= 0 && deviceMajor < 4096 && deviceMinor >= 0 && deviceMinor < 1 << 20)) {
      throw badEntry(entry.path, `is the device ${deviceMajor}:${deviceMinor}, which cannot be`)
    }
    const format = type === 'fifo' ? linux.S_IFIFO : type === 'block' ? linux.S_IFBLK : linux.S_IFCHR
    const device = isDevice ? deviceNumber(deviceMajor, deviceMinor) : 0
    this.make(base, entry, () => mknod(base, format | mode, device))
    for (const [name, value] of keptXattrs(entry)) {
      if (name.startsWith('system.')) setXattr(base, name, value) // users' own attributes are for files and folders
    }
    this.describe(base, entry)
  }

  /** Its owner, mode and times are those of the file, which had them from its own entry. */
  private makeHardLink(path: string, entry: TarEntry): void {
    const target = cleanPath(entry.linkPath)
    if (target === '') throw badEntry(entry.path, 'is a hard link to the folder that it is unpacked to')
    if (target === path) throw badEntry(entry.path, 'is a hard link to itself')
    const base = this.cursor.enterParent(path)
    const { descriptor } = this.cursor.find(parentOf(target))
    if (descriptor < 0) throw badEntry(entry.path, `is a hard link to "${showPath(target)}", which the archive has not`)
    try {
      const name = baseOf(target)
      // Before anything is removed for it.
      const kind = kindOf(name, descriptor)
      if (kind === undefined) throw badEntry(entry.path, `is a hard link to "${showPath(target)}", which the archive has not`)
      if (kind === linux.S_IFDIR) throw badEntry(entry.path, `is a hard link to the folder "${showPath(target)}"`)
      this.make(base, entry, () => hardLink(descriptor, name, base))
    } finally {
      closeSync(descriptor)
    }
  }

  private make(base: string, entry: TarEntry, call: () => number): void {
    let result = call()
    if (result === -EEXIST || result === -EISDIR) {
      this.clear(base, entry)
      result = call()
    }
    if (result < 0) throw failure(`make ${entry.type}`, entry.path, -result)
  }

  private describe(base: string, entry: TarEntry): void {
    const { uid, gid } = this.ownerOf(entry)
    const owner = changeOwner(base, uid, gid)
    const times = owner < 0 ? owner : setTimes(base, entry.mtime)
    if (times < 0) throw failure(owner < 0 ? 'fchownat' : 'utimensat', entry.path, -times)
  }

  /** Makes room for the entry. */
  private clear(base: string, entry: TarEntry): void {
    const isFolder = kindOf(base) === linux.S_IFDIR
    if (this.rules.replaces === 'same-kind' && isFolder !== (entry.type === 'directory')) {
      const [what, by] = isFolder ? ['folder', 'something else'] : ['something that is no folder', 'a folder']
      throw new PockerError('InvalidParameter', `unpack archive: "${showPath(entry.path)}" would replace ${what} by ${by}`, {
        code: 'wrong-kind',
      })
    }
    removeTree(base)
  }
}
