/**
 * The volumes there are. Each is one folder that holds its record and its data, so that both come and go by one rename: whenever the
 * helper is killed, a volume is there with all that it was made with, or not at all.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { PockerError } from '../api/errors.ts'
import { ANONYMOUS_LABEL } from '../api/volume.ts'
import { isVolumeName } from './volume-name.ts'
import { parseVolumeRecord, type VolumeRecord } from './volume-record.ts'

/** What containers see of it. Docker's name, which scripts rely on. */
const DATA = '_data'
const RECORD = 'volume.json'
/** No volume's name begins so. */
const UNFINISHED = '.new-'

export interface StoredVolume {
  readonly name: string
  /** The volume's data, or what its options have mounted there. */
  readonly data: string
  readonly record: VolumeRecord
}

export interface NewVolume {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
}

export interface VolumesOptions {
  readonly folder: string
  /** Takes a folder away by one rename. */
  readonly discard: (folder: string) => void
  /** For records that cannot be read. */
  readonly report: (error: unknown) => void
}

export class Volumes {
  private readonly options: VolumesOptions
  private readonly byName = new Map<string, StoredVolume>()

  /** Reads what earlier helpers have left; what one of them had not finished goes. Errors: those of the file system. */
  constructor(options: VolumesOptions) {
    this.options = options
    for (const name of readdirSync(options.folder)) {
      if (name.startsWith(UNFINISHED)) options.discard(join(options.folder, name))
      else this.find(name)
    }
  }

  /** Where the data of a volume of this name is, or would be. */
  dataOf(name: string): string {
    return join(this.options.folder, name, DATA)
  }

  /** A folder that a person has put there meanwhile is a volume, too. */
  find(name: string): StoredVolume | undefined {
    const known = this.byName.get(name)
    if (known !== undefined || !isVolumeName(name) || !existsSync(join(this.options.folder, name))) return known
    const found = this.read(name)
    this.byName.set(name, found)
    return found
  }

  /** Errors: NotFound `no-such-volume`. */
  get(name: string): StoredVolume {
    const volume = this.find(name)
    if (volume === undefined) throw new PockerError('NotFound', `get ${name}: no such volume`, { code: 'no-such-volume' })
    return volume
  }

  /** By name. */
  all(): StoredVolume[] {
    return [...this.byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  /** The volume of that name, made when there is none. Precondition: the name is one. Errors: those of the file system. */
  create({ name, labels = {}, options = {} }: NewVolume): StoredVolume {
    const found = this.find(name)
    if (found !== undefined) return this.whole(found)
    const record = { created: Date.now(), labels, options }
    const made = mkdtempSync(join(this.options.folder, UNFINISHED))
    try {
      makeData(made)
      writeRecord(join(made, RECORD), record)
      renameSync(made, join(this.options.folder, name))
    } catch (error) {
      this.options.discard(made)
      throw error
    }
    const volume = { name, data: this.dataOf(name), record }
    this.byName.set(name, volume)
    return volume
  }

  /** Takes it away with all that is in it. Precondition: nothing uses it. Errors: those of the file system. */
  delete(name: string): void {
    this.options.discard(join(this.options.folder, name))
    this.byName.delete(name)
  }

  /** Whoever has taken its folder away has emptied it. */
  private whole(volume: StoredVolume): StoredVolume {
    if (existsSync(volume.data)) return volume
    const folder = join(this.options.folder, volume.name)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    makeData(folder)
    return volume
  }

  private read(name: string): StoredVolume {
    const folder = join(this.options.folder, name)
    if (!existsSync(join(folder, DATA))) makeData(folder)
    return { name, data: this.dataOf(name), record: this.readRecord(name, folder) }
  }

  private readRecord(name: string, folder: string): VolumeRecord {
    try {
      return parseVolumeRecord(readFileSync(join(folder, RECORD), 'utf8'))
    } catch (error) {
      // The folder of a volume without a record is one that an earlier version or a person has made; its data counts, whatever the record says.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) this.options.report(error)
      return { created: statSync(folder).birthtimeMs, labels: /^[0-9a-f]{64}$/.test(name) ? { [ANONYMOUS_LABEL]: '' } : {}, options: {} }
    }
  }
}

/** For every user of a container, whatever the helper's umask. */
function makeData(folder: string): void {
  mkdirSync(join(folder, DATA))
  chmodSync(join(folder, DATA), 0o755)
}

/** What cannot be made up again waits for the disk: a volume on a server that had lost its options would show an empty folder. */
function writeRecord(path: string, record: VolumeRecord): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, JSON.stringify(record))
    if (Object.keys(record.options).length > 0) fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
