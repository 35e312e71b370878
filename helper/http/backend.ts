/** What the HTTP layer needs of the engine; the engine satisfies it, tests hand in a fake. Errors: PockerError. */

import type { Readable } from 'node:stream'
import type {
  ContainerConfig,
  ContainerInspect,
  ContainerSummary,
  ContainerUpdate,
  CreateRequest,
  FilesystemChange,
  WaitResult,
} from '../api/container.ts'
import type { Finding } from '../api/doctor.ts'
import type { ExecCreateRequest, ExecInspect } from '../api/exec.ts'
import type { FileChange, FileStat, Layers } from '../api/files.ts'
import type { HelperFacts, Listener, ListenRequest } from '../api/helper.ts'
import type { DistributionInspect, ImageHistoryEntry, ImageInspect, ImageSummary, SearchResult } from '../api/image.ts'
import type { ImageBlob } from '../api/image-blobs.ts'
import type { Life } from '../api/lives.ts'
import type { NetworkConnectRequest, NetworkCreateRequest, NetworkDisconnectRequest, NetworkInspect } from '../api/network.ts'
import type { ProgressMessage } from '../api/progress.ts'
import type { RegistryAuth } from '../api/registry-auth.ts'
import type { StatsSample } from '../api/stats.ts'
import type { EngineEvent, SystemDataUsage, SystemInfo, SystemVersion } from '../api/system.ts'
import type { StepPart, Trace } from '../api/trace.ts'
import type { Volume, VolumeCreate } from '../api/volume.ts'
import type { PathStat, WritePathOptions } from '../archive/archive.ts'

/** Docker's filter object: name → accepted values. */
export type Filters = ReadonlyMap<string, readonly string[]>

/** A piece of a process's output. Stream 0 is a terminal, 1 stdout, 2 stderr. */
export interface OutputChunk {
  readonly stream: 0 | 1 | 2
  readonly data: Uint8Array
}

/** A piece of the log with its moment. */
export interface LogChunk extends OutputChunk {
  /** Nanoseconds since 1970. */
  readonly time: bigint
}

/** A live connection to a process's terminal or pipes. */
export interface Attachment {
  readonly tty: boolean
  /** Ends when the process has ended and all its output has been handed out. */
  readonly output: AsyncIterable<OutputChunk>
  /** The keys that take a terminal's client off, in Docker's notation; absent: Docker's default. */
  readonly detachKeys?: string | 'none'
  /** Resolves when the process (or its pipe) takes more. Bytes for a process that has closed its input are dropped. */
  write(data: Uint8Array): Promise<void>
  /** The client has sent its last byte. */
  endInput(): void
  /** Called once, when the client has gone or all is done: `output` ends at once, descriptors are let go, the process goes on. */
  close(): void
}

export interface AttachOptions {
  readonly stream: boolean
  readonly logs: boolean
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

export interface LogOptions {
  readonly stdout: boolean
  readonly stderr: boolean
  readonly follow: boolean
  /** Pocker's: following goes on when the container has been stopped, until it is removed; Docker's ends there. */
  readonly lives?: 'all'
  /** Nanoseconds since 1970. */
  readonly since?: bigint
  readonly until?: bigint
  /** The last N lines; absent: all. */
  readonly tail?: number
  /** Fires when the client has gone: the iteration ends at once, also in the middle of waiting for output. */
  readonly signal?: AbortSignal
}

/** A line of a log, or a piece of one where it is followed. */
export interface LogLine {
  /** Of its last byte; opaque. */
  readonly position: string
  /** Nanoseconds since 1970: when its first byte was written. */
  readonly time: bigint
  readonly stream: OutputChunk['stream']
  /** Without the newline; of a longer one the first 16 KiB. */
  readonly text: string
  /** Bytes of all of it. */
  readonly length: number
  /** The text is not all of it. */
  readonly isCut: boolean
  /** It has no newline yet. */
  readonly isOpen: boolean
  /** It goes on where the last piece of its stream ended. */
  readonly isContinued: boolean
}

export interface LogPage {
  readonly lines: readonly LogLine[]
  /** What is before; undefined when nothing is. */
  readonly before: string | undefined
  readonly after: string
}

/** What is found of a followed log: `gap` when something between was freed before it was read, or the log has begun anew. */
export type FollowedLines = readonly (LogLine | 'gap')[]

export interface LogSearch {
  readonly text: string
  readonly ignoreCase: boolean
  readonly before: string | undefined
  readonly limit: number
}

/** What Docker has no words for: a container's past, line by line. The signals fire when the client has gone. */
export interface PastBackend {
  lives(id: string): Promise<Life[]>
  /** Lines in their order: the last ones, those before a position, or those after one. */
  logPage(id: string, options: LogPageOptions): Promise<LogPage>
  /** What comes after a position, or from now on; until the container is removed. */
  followLog(id: string, options: { after: string | undefined; signal: AbortSignal }): Promise<AsyncIterable<FollowedLines>>
  /** The lines that a text is in, the last ones first; then where to go on, or undefined at the log's beginning. */
  searchLog(id: string, search: LogSearch, signal: AbortSignal): Promise<AsyncIterable<LogLine | { readonly before: string | undefined }>>
}

export interface LogPageOptions {
  readonly before?: string
  readonly after?: string
  /** How many at most; fewer when they are long. */
  readonly lines: number
  readonly signal: AbortSignal
}

export interface ListOptions {
  readonly all: boolean
  readonly limit?: number
  readonly size: boolean
  readonly filters: Filters
}

export type WaitCondition = 'not-running' | 'next-exit' | 'removed'

export interface ContainerBackend {
  create(request: CreateRequest, name: string | undefined): Promise<{ Id: string; Warnings: string[] }>
  list(options: ListOptions): Promise<ContainerSummary[]>
  inspect(id: string, size: boolean): Promise<ContainerInspect>
  start(id: string): Promise<void>
  stop(id: string, options: { signal?: string; timeout?: number }): Promise<void>
  restart(id: string, options: { signal?: string; timeout?: number }): Promise<void>
  kill(id: string, signal: string | undefined): Promise<void>
  /**
   * Throws at once for a container that does not exist; the returned promise's inner promise settles at the condition.
   * The signal fires when the client has gone: nobody needs the result any more, what was kept for it is to be let go.
   */
  wait(id: string, condition: WaitCondition, signal: AbortSignal): Promise<{ done: Promise<WaitResult> }>
  rename(id: string, name: string): Promise<void>
  pause(id: string): Promise<void>
  unpause(id: string): Promise<void>
  update(id: string, update: ContainerUpdate): Promise<{ Warnings: string[] }>
  resize(id: string, size: { width: number; height: number }): Promise<void>
  attach(id: string, options: AttachOptions): Promise<Attachment>
  /** Whole lines are not promised: chunks are as the process wrote them, but each ends at a line end when the process wrote one. */
  logs(id: string, options: LogOptions): Promise<{ tty: boolean; chunks: AsyncIterable<LogChunk> }>
  top(id: string, psArguments: string | undefined): Promise<{ Titles: string[]; Processes: string[][] }>
  /** One-shot: a single sample without a preceding one to compare with. The signal fires when the client has gone. */
  stats(id: string, options: { stream: boolean; oneShot: boolean; signal: AbortSignal }): Promise<AsyncIterable<StatsSample>>
  changes(id: string): Promise<FilesystemChange[]>
  prune(filters: Filters): Promise<{ ContainersDeleted: string[]; SpaceReclaimed: number }>
  remove(id: string, options: { force: boolean; volumes: boolean }): Promise<void>
}

export interface ExecBackend {
  create(containerId: string, request: ExecCreateRequest): Promise<{ Id: string }>
  /** Undefined when started detached. */
  start(
    execId: string,
    options: { detach: boolean; tty: boolean; consoleSize?: { width: number; height: number } },
  ): Promise<Attachment | undefined>
  /** Comes back to an exec made with `Reattach`: first its last output, then what comes. Who was attached is taken off. */
  attach(execId: string): Promise<Attachment>
  /** Closes the exec's terminal. */
  hangUp(execId: string): Promise<void>
  resize(execId: string, size: { width: number; height: number }): Promise<void>
  inspect(execId: string): Promise<ExecInspect>
}

export interface SystemBackend {
  version(): SystemVersion
  info(): Promise<SystemInfo>
  dataUsage(): Promise<SystemDataUsage>
  /** Past events between `since` and `until`, then live ones until `until` or the signal. Seconds with fraction since 1970. */
  events(options: { since?: number; until?: number; filters: Filters; signal: AbortSignal }): AsyncIterable<EngineEvent>
}

/** `os/arch[/variant]`, as clients write it. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

/** Messages of work as it goes on. What is wrong before the first message is thrown; later errors end the iteration by throwing. */
export type Progress = AsyncIterable<ProgressMessage>

export interface TransferOptions {
  readonly auth: RegistryAuth | undefined
  readonly platform: Platform | undefined
  /** Fires when the client has gone: a transfer that only it asked for ends. */
  readonly signal: AbortSignal
}

export interface ImageBackend {
  list(options: { all: boolean; sharedSize: boolean; filters: Filters }): Promise<ImageSummary[]>
  inspect(name: string): Promise<ImageInspect>
  history(name: string): Promise<ImageHistoryEntry[]>
  layers(name: string): Promise<Layers>
  tag(name: string, target: { repo: string; tag: string | undefined }): Promise<void>
  remove(name: string, options: { force: boolean; prune: boolean }): Promise<{ Untagged?: string; Deleted?: string }[]>
  prune(filters: Filters): Promise<{ ImagesDeleted: { Untagged?: string; Deleted?: string }[]; SpaceReclaimed: number }>
  /** Resolves when the registry has answered for the manifest, so that a missing image has a status of its own. */
  pull(reference: string, options: TransferOptions): Promise<Progress>
  push(name: string, options: TransferOptions & { tag: string | undefined }): Promise<Progress>
  /** Makes an image of one tar, the root of a filesystem. `changes` are Dockerfile lines (`CMD`, `ENV` …). */
  importArchive(body: Readable, options: ImportOptions): Promise<Progress>
  /** Makes an image of an unpacked folder on this host, which stays as it is. */
  importFolder(folder: string, name: string): Promise<{ Id: string }>
  /** A docker-archive that is an OCI layout too, with these images. */
  save(
    names: readonly string[],
    options: { platform: Platform | undefined; without?: readonly string[]; signal: AbortSignal },
  ): Promise<Readable>
  /** The blobs that an archive of it would hold. */
  blobs(name: string): Promise<readonly ImageBlob[]>
  /** Those of the digests that are not here. */
  missing(digests: readonly string[]): Promise<readonly string[]>
  load(body: Readable, options: { quiet: boolean; signal: AbortSignal }): Promise<Progress>
  commit(options: CommitOptions): Promise<{ Id: string }>
  search(term: string, options: { limit: number; filters: Filters; auth: RegistryAuth | undefined }): Promise<SearchResult[]>
  distribution(name: string, auth: RegistryAuth | undefined): Promise<DistributionInspect>
  login(auth: RegistryAuth): Promise<{ Status: string; IdentityToken: string }>
}

export interface ImportOptions {
  readonly repo: string | undefined
  readonly tag: string | undefined
  readonly message: string | undefined
  readonly changes: readonly string[]
  readonly platform: Platform | undefined
  readonly signal: AbortSignal
}

export interface CommitOptions {
  readonly container: string
  readonly repo: string | undefined
  readonly tag: string | undefined
  readonly comment: string | undefined
  readonly author: string | undefined
  readonly pause: boolean
  readonly changes: readonly string[]
  /** Laid over the container's own configuration. */
  readonly config: ContainerConfig | undefined
}

export interface VolumeBackend {
  list(filters: Filters): Promise<Volume[]>
  inspect(name: string): Promise<Volume>
  /** The one of that name, or a new one. */
  create(request: VolumeCreate): Promise<Volume>
  /** `force`: one that is not there is as wanted. */
  remove(name: string, options: { force: boolean }): Promise<void>
  /** Those that no container has; without `all` only anonymous ones. */
  prune(filters: Filters, options: { all: boolean }): Promise<{ VolumesDeleted: string[]; SpaceReclaimed: number }>
}

/** Files of containers, running or not. */
export interface ArchiveBackend {
  export(id: string, signal: AbortSignal): Promise<Readable>
  stat(id: string, path: string): Promise<PathStat>
  read(id: string, path: string, signal: AbortSignal): Promise<{ stat: PathStat; archive: Readable }>
  write(id: string, path: string, options: WritePathOptions): Promise<void>
}

/** Whose files are meant (see `helper/api/files.ts`). */
export type FilePlace =
  | { readonly of: 'container'; readonly id: string }
  /** What the container is made of. */
  | { readonly of: 'container-image'; readonly id: string }
  | { readonly of: 'image'; readonly name: string; readonly layer: number | undefined }
  | { readonly of: 'volume'; readonly name: string }

/** What a new file or folder is to be, and one that is written to is to become. */
export interface FileOwner {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

export interface FileMove {
  readonly from: string
  readonly to: string
  readonly overwrite: boolean
  /** Fires when the client has gone: what is half done is undone. */
  readonly signal: AbortSignal
}

/** Single files of containers and images. */
export interface FileBackend {
  stat(place: FilePlace, path: string, options: { follow: boolean }): Promise<FileStat>
  /** A FileList as JSON: it can be long, and there is nothing in it that the engine needs to know. */
  list(place: FilePlace, path: string, signal: AbortSignal): Promise<Uint8Array>
  /** Bytes from `offset` on, `length` of them or as many as there are. */
  read(
    place: FilePlace,
    path: string,
    options: { offset: number; length: number | undefined },
  ): Promise<{ stat: FileStat; content: Readable }>
  write(place: FilePlace, path: string, options: FileOwner & { content: Readable; create: boolean; overwrite: boolean }): Promise<FileStat>
  makeFolder(place: FilePlace, path: string, owner: FileOwner): Promise<FileStat>
  rename(place: FilePlace, move: FileMove): Promise<FileStat>
  copy(place: FilePlace, move: FileMove): Promise<FileStat>
  remove(place: FilePlace, path: string, options: { recursive: boolean; signal: AbortSignal }): Promise<void>
  /** Resolves when it watches; the iteration begins with `ready`, and ends when the signal fires or the container is removed. */
  watch(place: FilePlace, path: string, options: { recursive: boolean; signal: AbortSignal }): Promise<AsyncIterable<FileChange>>
}

/** What Docker has no word for: how a container is made, step by step. */
export interface PlanBackend {
  /** The system calls that would make the container, without making it. */
  explain(request: CreateRequest): Promise<{ step: string; part: StepPart; call: string; text: string }[]>
  /** How long each step of the container's last start took, and what it called. */
  trace(id: string): Promise<Trace>
}

/** The helper itself, and who may talk to it. */
export interface HelperBackend {
  facts(): HelperFacts
  /** What this machine lets Pocker do, tried for real. */
  doctor(): Promise<Finding[]>
  /** Ends the helper as SIGTERM does, after this turn of the event loop: containers go on. */
  leave(): void
  listeners(): Listener[]
  /** Gives a user a socket; again for one who has it: changes nothing, or makes it last. */
  listen(request: ListenRequest): Promise<Listener>
  /** Takes it away, and cuts the user's connections. Errors: NotFound `no-such-listener`. */
  stopListening(uid: number): Promise<void>
}

export interface NetworkBackend {
  list(filters: Filters): Promise<NetworkInspect[]>
  inspect(id: string): Promise<NetworkInspect>
  create(request: NetworkCreateRequest): Promise<{ Id: string; Warning: string }>
  remove(id: string): Promise<void>
  connect(id: string, request: NetworkConnectRequest): Promise<void>
  disconnect(id: string, request: NetworkDisconnectRequest): Promise<void>
  prune(filters: Filters): Promise<{ NetworksDeleted: string[] }>
}

export interface Backend {
  readonly helper: HelperBackend
  readonly plans: PlanBackend
  readonly past: PastBackend
  readonly containers: ContainerBackend
  readonly exec: ExecBackend
  readonly system: SystemBackend
  readonly images: ImageBackend
  readonly networks: NetworkBackend
  readonly archives: ArchiveBackend
  readonly files: FileBackend
  readonly volumes: VolumeBackend
}
