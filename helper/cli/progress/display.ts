import { harmless } from '../failure.ts'
import { displayWidth } from '../format/table.ts'
import { progressBar } from './bar.ts'
import type { ReadMessage } from './message.ts'

export interface TerminalSize {
  readonly height: number
  readonly width: number
}

/** Turns messages into what is to be written for them. */
export interface ProgressDisplay {
  /** The text for the next message, given the terminal's size at that moment. */
  show(message: ReadMessage, size: TerminalSize): string
}

const CLEAR_LINE = '\u001b[2K'
const CLEAR_BELOW = '\u001b[J'

/** For files and pipes: a line for each message but those that only count. */
export function plainDisplay(): ProgressDisplay {
  return { show: (message) => (isCount(message) ? '' : plainLine(message)) }
}

/**
 * For terminals: a line for each ID, drawn over when there is news of it. A message without a line of its own is printed below and ends the
 * block, so that the next one begins anew. Follows displayJSONMessagesStream of Docker's client; but a line is cut at the terminal's edge,
 * for one that wraps makes all movement wrong, and a line that has scrolled away is left alone.
 */
export function terminalDisplay(): ProgressDisplay {
  let lines = new Map<string, string>()
  let drawn: number | undefined
  return {
    show: (message, size) => {
      if (message.id === '' || message.progress === undefined) {
        lines = new Map()
        return plainLine(message)
      }
      const redraw = drawn === undefined || drawn === size.width ? '' : redrawn([...lines.values()], drawn, size)
      drawn = size.width
      const line = progressLine(message, size.width)
      const isNew = !lines.has(message.id)
      lines.set(message.id, line)
      if (isNew) return `${redraw}${CLEAR_LINE}${clipped(line, size.width)}\r\n`
      const up = lines.size - [...lines.keys()].indexOf(message.id)
      if (up >= size.height) return redraw
      return `${redraw}\u001b[${up}A${CLEAR_LINE}${clipped(line, size.width)}\r\u001b[${up}B`
    },
  }
}

/** A terminal that became narrower has wrapped the lines: from the first one on they are drawn again. */
function redrawn(lines: readonly string[], before: number, { width, height }: TerminalSize): string {
  if (lines.length === 0) return ''
  const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(Math.min(displayWidth(line), before - 1) / width)), 0)
  const visible = lines.slice(-(height - 1))
  return `\u001b[${Math.min(rows, height - 1)}A\r${CLEAR_BELOW}${visible.map((line) => `${clipped(line, width)}\r\n`).join('')}`
}

function isCount({ progress, stream }: ReadMessage): boolean {
  return progress !== undefined && stream === '' && ((progress.current ?? 0) > 0 || (progress.total ?? 0) > 0)
}

function plainLine({ id, status, stream }: ReadMessage): string {
  const prefix = id === '' ? '' : `${id}: `
  return harmless(prefix + (stream === '' ? `${status}\n` : stream))
}

function progressLine({ id, status, progress = {} }: ReadMessage, width: number): string {
  return oneLine(`${id}: ${status} ${progressBar(progress, width)}`)
}

function oneLine(text: string): string {
  return harmless(text.replace(/[\t\n]/g, ' '))
}

/** The text cut so that the cursor never reaches the terminal's edge. */
function clipped(text: string, width: number): string {
  if (displayWidth(text) < width) return text
  let kept = ''
  let used = 0
  for (const character of text) {
    used += displayWidth(character)
    if (used >= width) break
    kept += character
  }
  return kept
}
