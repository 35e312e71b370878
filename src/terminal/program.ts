/** What is shown in a terminal: a process at an engine that can be connected to, and how it ended. */
import type { Duplex } from 'node:stream'

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** Being connected to a process. */
export interface Connection {
  /** Ends with the process, or when the engine takes this client off. */
  readonly stream: Duplex
  /** The process has a terminal of its own: raw bytes. Otherwise its output is in Docker's frames. */
  readonly isTerminal: boolean
  /** What is typed goes somewhere. */
  readonly takesInput: boolean
  /** Output from before this connection, ready to be shown. */
  readonly past?: string
  /** The stream begins with output from before this connection. */
  readonly isReplayed?: boolean
  /** What to send when the terminal is closed, where the engine has no request that ends the process. */
  readonly goodbye?: string
  /** Errors: EngineError; one for a process that has ended meanwhile is none. */
  resize(size: TerminalSize): Promise<void>
  /** Ctrl+C where no terminal makes a signal of it. Absent: it closes the input. */
  interrupt?(): Promise<void>
}

/** What became of a process whose connection has ended. */
export type Outcome =
  /** `isRemoved`: its container went with it. */
  | { readonly kind: 'exited'; readonly code: number; readonly isRemoved?: boolean }
  /** Its container has been stopped, and took it along. */
  | { readonly kind: 'stopped' }
  /** Its container's restart policy starts it again, now or in a while. */
  | { readonly kind: 'restarts'; readonly code: number }
  /** Its container is gone. */
  | { readonly kind: 'removed' }
  /** It runs: the engine has taken this client off, for another one or by its detach keys. */
  | { readonly kind: 'runs-on' }
  /** The engine does not know it any more. */
  | { readonly kind: 'forgotten' }

/** Errors of all: EngineError. */
export interface Program {
  /** Runs it, or runs it again. `size` may be unknown as long as the terminal has not been shown. */
  start(size: TerminalSize | undefined): Promise<Connection>
  /** Comes back to the one that runs; nothing where it has gone, or this engine has no way back. */
  resume(size: TerminalSize | undefined): Promise<Connection | undefined>
  /** To be asked when a connection's stream has ended. */
  outcome(): Promise<Outcome>
  /** Ends it, because nobody will look at it any more. A container's own process is left alone. */
  end(): Promise<void>
}
