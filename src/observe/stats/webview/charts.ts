/** The charts that each container has. */
import { sizeText } from '../../../text/size.ts'
import type { PageTexts } from '../messages.ts'
import type { StatsPoint } from '../sample.ts'

export interface Chart {
  readonly title: (texts: PageTexts) => string
  readonly lines: readonly ChartLine[]
  /** What is said behind the values. */
  readonly aside?: (point: StatsPoint, texts: PageTexts) => string
  /** A value of the scale. */
  readonly text: (value: number) => string
  /** The scale reaches at least so far. */
  readonly least: number
}

export interface ChartLine {
  /** What the line is, where there are several. */
  readonly name?: (texts: PageTexts) => string
  readonly value: (point: StatsPoint) => number
}

const rateText = (value: number) => `${sizeText(value)}/s`

export const CHARTS: readonly Chart[] = [
  {
    title: ({ cpu }) => cpu,
    lines: [{ value: ({ cpu }) => cpu }],
    text: (value) => `${value < 0.1 ? (value * 100).toFixed(1) : Math.round(value * 100)} %`,
    least: 0.1,
  },
  {
    title: ({ memory }) => memory,
    lines: [{ value: ({ memory }) => memory }],
    aside: ({ memoryLimit }, { limit }) => (memoryLimit > 0 ? limit.replace('{0}', sizeText(memoryLimit)) : ''),
    text: sizeText,
    least: 1e6,
  },
  {
    title: ({ network }) => network,
    lines: [
      { name: ({ received }) => received, value: ({ received }) => received },
      { name: ({ sent }) => sent, value: ({ sent }) => sent },
    ],
    text: rateText,
    least: 1e3,
  },
  {
    title: ({ disk }) => disk,
    lines: [
      { name: ({ read }) => read, value: ({ read }) => read },
      { name: ({ written }) => written, value: ({ written }) => written },
    ],
    text: rateText,
    least: 1e3,
  },
]
