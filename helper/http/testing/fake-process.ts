import type { Attachment, OutputChunk } from '../backend.ts'

/** An attachment that a test plays the process of. */
export interface FakeProcess {
  readonly attachment: Attachment
  /** All input so far. */
  input(): string
  /** Resolves at the end of the input. */
  readonly inputEnded: Promise<void>
  /** Resolves when the connection has let go of the attachment. */
  readonly closed: Promise<void>
  print(stream: OutputChunk['stream'], text: string): void
  exit(): void
  /** How many pieces of output have been taken. */
  taken(): number
}

export function fakeProcess(options: { tty?: boolean; write?: (data: Uint8Array) => Promise<void> } = {}): FakeProcess {
  const pieces: Buffer[] = []
  const queue: OutputChunk[] = []
  const inputEnded = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  let over = false
  let taken = 0
  let wake = () => {}
  const end = () => {
    over = true
    wake()
  }
  async function* output(): AsyncGenerator<OutputChunk> {
    for (;;) {
      const chunk = queue.shift()
      if (chunk !== undefined) {
        taken += 1
        yield chunk
      } else if (over) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  const write = async (data: Uint8Array) => {
    await options.write?.(data)
    pieces.push(Buffer.from(data))
  }
  const close = () => {
    closed.resolve()
    end()
  }
  return {
    attachment: { tty: options.tty ?? false, output: output(), write, endInput: () => inputEnded.resolve(), close },
    input: () => Buffer.concat(pieces).toString('latin1'),
    inputEnded: inputEnded.promise,
    closed: closed.promise,
    print: (stream, text) => {
      queue.push({ stream, data: Buffer.from(text, 'latin1') })
      wake()
    },
    exit: end,
    taken: () => taken,
  }
}
