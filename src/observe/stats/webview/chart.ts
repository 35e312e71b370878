/** The line of a chart. */

export interface ChartPoint {
  /** Milliseconds. */
  readonly time: number
  readonly value: number
}

export interface ChartSpace {
  readonly width: number
  readonly height: number
  /** Milliseconds from the left edge to the right. */
  readonly span: number
  /** At the right edge. */
  readonly now: number
  /** At the top. */
  readonly top: number
}

/** Longer without a point and the line is broken: there was nothing to measure. */
const GAP = 5_000

/** An SVG path through the points, oldest first; empty for none. */
export function linePath(points: readonly ChartPoint[], { width, height, span, now, top }: ChartSpace): string {
  let path = ''
  let last: number | undefined
  for (const { time, value } of points) {
    if (time < now - span) continue
    const x = round(width * (1 - (now - time) / span))
    const y = round(height * (1 - Math.min(1, top > 0 ? value / top : 0)))
    path += `${last === undefined || time - last > GAP ? 'M' : 'L'}${x} ${y}`
    last = time
  }
  return path
}

/** A round number at or above the greatest value, so that the scale does not move with every point. */
export function niceTop(values: readonly number[], least: number): number {
  const greatest = Math.max(least, ...values)
  const power = 10 ** Math.floor(Math.log10(greatest))
  const step = [1, 2, 5, 10].find((factor) => factor * power >= greatest) ?? 10
  return step * power
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
