/** What the doctor looks at, and what a check says. */
import type { Finding } from '../api/doctor.ts'

/** Why something does not work, as the end of a sentence; undefined when it does. */
export type Reason = string | undefined

/** Things that are tried for real. What they make is gone when they return. */
export interface Attempts {
  readonly seccomp: () => Reason
  readonly userNamespaces: () => Reason
  /** Those that take root. */
  readonly asRoot?: {
    readonly namespaces: () => Reason
    readonly overlay: (folder: string) => Reason
    readonly idmappedMounts: (folder: string) => Reason
    readonly packetFilter: () => Reason
    readonly forwarding: () => Reason
  }
}

/** The machine, and who asks, as the checks see them. */
export interface DoctorHost {
  /** Node's names: `x64`, `arm64`. */
  readonly architecture: string
  /** The kernel's, such as `6.12.9-amd64`. */
  readonly release: string
  readonly uid: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  readonly now: number
  /** When this program was made, in milliseconds since 1970. */
  readonly built: number
  readonly dataRoot: string
  /** A file's text, as far as it is small; undefined when it is not there or may not be read. */
  readonly read: (path: string) => string | undefined
  readonly exists: (path: string) => boolean
  /** Bytes and inodes that are free where the path is; undefined when nobody can say. */
  readonly free: (path: string) => { readonly bytes: number; readonly files: number } | undefined
  /** Undefined where the native part cannot be loaded, for this reason. */
  readonly attempts: Attempts | undefined
  readonly nativeProblem: Reason
}

export type Verdict = Pick<Finding, 'state' | 'detail' | 'remedy' | 'command'>

export interface Check {
  readonly id: string
  readonly title: string
  /** Undefined when there is nothing to say here. */
  readonly look: (host: DoctorHost) => Verdict | undefined
}

/** All is well. */
export function ok(detail: string): Verdict {
  return { state: 'ok', detail }
}

/** The findings of these checks, in their order. */
export function examine(host: DoctorHost, checks: readonly Check[]): Finding[] {
  return checks.flatMap(({ id, title, look }) => {
    const verdict = look(host)
    return verdict === undefined ? [] : [{ id, title, ...verdict }]
  })
}
