/** The lines of a chart. */

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

export interface ChartPaths {
  readonly line: string
  /** From the line down to the bottom. */
  readonly area: string
}

/** Longer without a point and the line is broken: there was nothing to measure. */
const GAP = 5_000

/** SVG paths through the points, oldest first; empty for none. */
export function chartPaths(points: readonly ChartPoint[], { width, height, span, now, top }: ChartSpace): ChartPaths {
  const x = (time: number) => round(width * (1 - (now - time) / span))
  const y = (value: number) => round(height * (1 - Math.min(1, top > 0 ? value / top : 0)))
  const pieces = piecesOf(points.filter(({ time }) => time >= now - span)).map((piece) =>
    piece.map(({ time, value }) => `${x(time)} ${y(value)}`).join('L'),
  )
  return {
    line: pieces.map((piece) => `M${piece}`).join(''),
    area: pieces.map((piece) => `M${piece}V${height}H${piece.slice(0, piece.indexOf(' '))}Z`).join(''),
  }
}

function piecesOf(points: readonly ChartPoint[]): readonly (readonly ChartPoint[])[] {
  const pieces: ChartPoint[][] = []
  let last: ChartPoint | undefined
  for (const point of points) {
    if (last === undefined || point.time - last.time > GAP) pieces.push([])
    pieces.at(-1)?.push(point)
    last = point
  }
  return pieces
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
