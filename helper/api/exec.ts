import { z } from 'zod'
import { integer, objectOf, text, words } from './json.ts'

const consoleSize = z.tuple([integer.nonnegative(), integer.nonnegative()])

const execCreateShape = {
  AttachStdin: z.boolean().exactOptional(),
  AttachStdout: z.boolean().exactOptional(),
  AttachStderr: z.boolean().exactOptional(),
  DetachKeys: text.exactOptional(),
  Tty: z.boolean().exactOptional(),
  Env: z.array(text).exactOptional(),
  Cmd: words.exactOptional(),
  Privileged: z.boolean().exactOptional(),
  User: text.exactOptional(),
  WorkingDir: text.exactOptional(),
  /** Height, width. */
  ConsoleSize: consoleSize.exactOptional(),
  /**
   * Pocker's, with Tty: it goes on when its client goes, and `POST /pocker/exec/{id}/attach` comes back to it: raw bytes both ways, as after
   * a start. First come the last 256 KiB of its output, then what it writes from then on; whoever was attached before is taken off. A
   * full-screen program redraws itself when its size changes, so give it another one and then the right one. No keys detach.
   * After its end attach gives its last output for five minutes. Nobody attached for half an hour: it is hung up, as by
   * `POST /pocker/exec/{id}/hangup`, which closes its terminal (SIGHUP, after five seconds SIGKILL). It ends with the helper.
   */
  Reattach: z.boolean().exactOptional(),
  /**
   * Pocker's, for images without a shell: the programs of the image `host` as `/`, read-only, the container's files under `/container`, with
   * its processes, network and limits. It begins there in WorkingDir, or the container's own working folder. Without Cmd it is the
   * best shell of the machine; without User it is root, whatever accounts the container has. What is written outside of
   * `/container` is gone at its end.
   */
  Toolbox: z.boolean().exactOptional(),
}

/** Body of `POST /containers/{id}/exec`. */
export const execCreateRequestSchema = objectOf(execCreateShape)

/** Body of `POST /exec/{id}/start`. */
export const execStartRequestSchema = objectOf({
  Detach: z.boolean().exactOptional(),
  Tty: z.boolean().exactOptional(),
  /** Height, width. */
  ConsoleSize: consoleSize.exactOptional(),
})

/**
 * Body of `POST /pocker/containers/{id}/exec`, which creates an exec and starts it: the answer is that of the start, with the exec's ID in the
 * header `Pocker-Exec`; with Detach it is that of the creation. ConsoleSize is the terminal's.
 */
export const execRunRequestSchema = objectOf({ ...execCreateShape, Detach: z.boolean().exactOptional() })

export type ExecRunRequest = z.infer<typeof execRunRequestSchema>
export type ExecCreateRequest = z.infer<typeof execCreateRequestSchema>
export type ExecStartRequest = z.infer<typeof execStartRequestSchema>

export interface ExecInspect {
  readonly ID: string
  readonly Running: boolean
  /** Null while it runs or has not been started. */
  readonly ExitCode: number | null
  readonly ProcessConfig: {
    readonly tty: boolean
    readonly entrypoint: string
    readonly arguments: readonly string[]
    readonly privileged: boolean
    readonly user?: string
  }
  readonly OpenStdin: boolean
  readonly OpenStderr: boolean
  readonly OpenStdout: boolean
  readonly CanRemove: boolean
  readonly ContainerID: string
  readonly DetachKeys: string
  readonly Pid: number
}
