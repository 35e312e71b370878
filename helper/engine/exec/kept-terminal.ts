/** A terminal that outlives its clients: it keeps its last output, and gives it to whoever comes back. */
import type { Attachment, OutputChunk } from '../../http/backend.ts'
import { ChunkQueue, type Source } from '../chunk-queue.ts'
import type { Input } from '../containers/input.ts'
import { RecentBytes } from './recent-bytes.ts'

/** Bytes of output that are kept: some 3,000 full lines. */
const KEPT = 256 << 10
/** How long nobody may be attached before it is given up: longer than a night's reload, shorter than a forgotten shell. */
export const ABANDONED_AFTER = 30 * 60_000

export interface KeptTerminalOptions {
  /** Where the output comes from. */
  readonly terminal: Source
  /** Absent when the process takes no input. */
  readonly input: Input | undefined
  /** Called when nobody has come back for half an hour. */
  readonly abandon: () => void
}

export class KeptTerminal {
  private readonly options: KeptTerminalOptions
  private readonly recent = new RecentBytes(KEPT)
  private current: ChunkQueue<OutputChunk> | undefined
  private ended = false
  private timer: NodeJS.Timeout | undefined

  constructor(options: KeptTerminalOptions) {
    this.options = options
    this.waitForClient()
  }

  /** Output, for whoever is attached and to be kept. */
  take(chunk: OutputChunk): void {
    this.recent.push(chunk.data)
    this.current?.push(chunk)
  }

  /** More output than the attached client takes is waiting. */
  get isFull(): boolean {
    return this.current?.isFull ?? false
  }

  /** The process has ended and its output has been taken. */
  end(): void {
    this.ended = true
    clearTimeout(this.timer)
    this.current?.end()
    this.current = undefined
  }

  /** Gives what was kept and then what comes. Who was attached before is taken off: a window that hangs must not hold the terminal. */
  attach(): Attachment {
    this.leave(this.current)
    clearTimeout(this.timer)
    const queue = new ChunkQueue<OutputChunk>()
    const kept = this.recent.read()
    if (kept.length > 0) queue.push({ stream: 0, data: kept })
    queue.addSource(this.options.terminal)
    if (this.ended) queue.end()
    else this.current = queue
    return {
      tty: true,
      output: queue,
      detachKeys: 'none',
      write: async (data) => {
        if (this.current === queue) await this.options.input?.write(data)
      },
      endInput: () => undefined,
      close: () => this.leave(queue),
    }
  }

  private leave(queue: ChunkQueue<OutputChunk> | undefined): void {
    queue?.end()
    if (queue === undefined || queue !== this.current) return
    this.current = undefined
    // Read on for nobody: the process must not block.
    this.options.terminal.resume()
    this.waitForClient()
  }

  private waitForClient(): void {
    this.timer = setTimeout(this.options.abandon, ABANDONED_AFTER).unref()
  }
}
