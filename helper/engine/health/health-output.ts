/** What a probe has written, and the words about one that took too long. */

/** Bytes of a probe's output that are kept, as in Docker. */
const KEPT = 4096

/** The beginning of a probe's output: what comes later is passed over, so that no probe can fill the memory. */
export class HealthOutput {
  private readonly bytes = Buffer.alloc(KEPT)
  private length = 0
  private truncated = false

  add(data: Uint8Array): void {
    const kept = data.subarray(0, KEPT - this.length)
    this.bytes.set(kept, this.length)
    this.length += kept.length
    if (kept.length < data.length) this.truncated = true
  }

  /** With `...` where more was written; bytes that are no UTF-8 become U+FFFD. */
  toString(): string {
    return `${this.bytes.toString('utf8', 0, this.length)}${this.truncated ? '...' : ''}`
  }
}

/** Docker's words, with the time as Go writes it. */
export function timeoutMessage(timeout: number, output: string): string {
  return `Health check exceeded timeout (${goDuration(timeout)})${output === '' ? '' : `: ${output}`}`
}

/** Milliseconds as Go's time.Duration prints them: `1.5ms`, `30s`, `1m30s`, `1h0m0s`. */
export function goDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${decimal(milliseconds)}ms`
  const seconds = milliseconds / 1000
  const minutes = Math.floor(seconds / 60)
  const rest = `${decimal(seconds - minutes * 60)}s`
  if (minutes === 0) return rest
  return minutes < 60 ? `${minutes}m${rest}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`
}

/** Up to nine digits, none for nothing. */
function decimal(value: number): string {
  return String(Number(value.toFixed(9)))
}
