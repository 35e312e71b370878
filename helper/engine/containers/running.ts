/** A running container as the helper holds it: by descriptors. */
import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { EXIT_RECORD, KEEPER } from '../../container/launch/keeper.ts'
import { linux } from '../../linux/constants.ts'
import { openProcess, reapProcess, signalProcess, takeDescriptor } from '../../linux/process.ts'
import { resizeTerminal } from '../../linux/terminal.ts'
import { type Exit, parseExit, readStatus } from './exit-record.ts'
import { type Input, pipeInput, terminalInput } from './input.ts'
import { holdsFile } from './keeper-identity.ts'

/** What a launch, or a keeper found at the helper's start, hands over. Descriptors of the helper's own. */
export interface RunningParts {
  readonly pid: number
  readonly startedAt: string
  readonly container: number
  readonly keeper: number
  /** The read end of the keeper's exit pipe. */
  readonly exit: number
  readonly input: number | undefined
  readonly terminal: number | undefined
  readonly status: string
}

export class Running {
  readonly pid: number
  readonly startedAt: string
  /** The container's process descriptor. */
  readonly container: number
  /** Undefined when the keeper ended without a record: it was killed. */
  readonly exited: Promise<Exit | undefined>
  readonly input: Input | undefined
  private readonly keeper: number
  private readonly terminal: number | undefined
  private readonly status: string

  constructor(parts: RunningParts) {
    this.pid = parts.pid
    this.startedAt = parts.startedAt
    this.container = parts.container
    this.keeper = parts.keeper
    this.terminal = parts.terminal
    this.status = parts.status
    this.input = openInput(parts)
    this.exited = this.watch(parts.exit)
  }

  /** Sends a signal to the container's first process; false when it has ended. */
  signal(signal: number): boolean {
    return signalProcess(this.container, signal)
  }

  /** Closes the container's input for good: the helper's end and the keeper's. */
  endInput(): void {
    if (this.terminal !== undefined) return
    this.input?.end()
    signalProcess(this.keeper, linux.SIGUSR1)
  }

  resize(size: { readonly width: number; readonly height: number }): void {
    if (this.terminal !== undefined) resizeTerminal(this.terminal, size)
  }

  /** Gives the descriptors back; the container itself is not touched. */
  close(): void {
    this.input?.close()
    closeSync(this.container)
    closeSync(this.keeper)
  }

  private watch(exit: number): Promise<Exit | undefined> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = []
      const pipe = new Socket({ fd: exit, readable: true, writable: false })
      pipe.on('data', (chunk) => chunks.push(chunk))
      pipe.on('error', () => pipe.destroy())
      pipe.on('close', () => resolve(this.finish(Buffer.concat(chunks))))
    })
  }

  /** The pipe closes a moment before the keeper can be reaped, so this waits for microseconds at most. */
  private finish(record: Buffer): Exit | undefined {
    reapProcess(this.keeper, { wait: true })
    return record.length === EXIT_RECORD.size ? parseExit(record) : readStatus(this.status).exit
  }
}

function openInput(parts: RunningParts): Input | undefined {
  if (parts.terminal !== undefined) return terminalInput(parts.terminal)
  return parts.input === undefined ? undefined : pipeInput(parts.input)
}

/**
 * Takes over a container from the keeper that another helper has started: process `keeper`, checked to be the one that
 * holds the status file. Undefined when it is gone or is another process by now.
 */
export function adopt(at: {
  pid: number
  keeper: number
  startedAt: string
  status: string
  terminal: boolean
  openStdin: boolean
}): Running | undefined {
  const keeper = openProcess(at.keeper)
  if (keeper === undefined) return undefined
  // Looked at after the descriptor is open: if the number had come to mean another process, this would tell.
  if (!holdsFile(at.keeper, at.status)) {
    closeSync(keeper)
    return undefined
  }
  const [container, exit] = [takeDescriptor(keeper, KEEPER.container), takeDescriptor(keeper, KEEPER.exitRead)]
  // One that ends lets its descriptors go before anybody can see that it has ended.
  if (container === undefined || exit === undefined) {
    for (const fd of [keeper, container, exit]) if (fd !== undefined) closeSync(fd)
    return undefined
  }
  return new Running({
    pid: at.pid,
    startedAt: at.startedAt,
    status: at.status,
    keeper,
    container,
    exit,
    // Closed when the container's input has ended.
    input: at.openStdin && !at.terminal ? takeDescriptor(keeper, KEEPER.input) : undefined,
    terminal: at.terminal ? takeDescriptor(keeper, KEEPER.output) : undefined,
  })
}
