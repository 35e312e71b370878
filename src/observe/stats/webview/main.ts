/** The statistics page's own program: draws what it is told. */

import { sizeText } from '../../../text/size.ts'
import type { ShownContainer, ToPage } from '../messages.ts'
import { toPageSchema } from '../messages.ts'
import { linePath, niceTop } from './chart.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; setState(state: unknown): void }

type Point = ShownContainer['points'][number]

interface Chart {
  /** Key of its heading in `labels`. */
  readonly label: string
  readonly lines: readonly ((point: Point) => number)[]
  readonly text: (point: Point) => string
  /** The scale reaches at least so far. */
  readonly least: number
}

const WIDTH = 240
const HEIGHT = 60
/** Two minutes. */
const SPAN = 120_000
const KEPT = 130
const SVG = 'http://www.w3.org/2000/svg'

const charts: readonly Chart[] = [
  { label: 'cpu', lines: [({ cpu }) => cpu], text: ({ cpu }) => `${(cpu * 100).toFixed(1)} %`, least: 0.1 },
  {
    label: 'memory',
    lines: [({ memory }) => memory],
    text: ({ memory, memoryLimit }) => `${sizeText(memory)} / ${sizeText(memoryLimit)}`,
    least: 1e6,
  },
  {
    label: 'network',
    lines: [({ received }) => received, ({ sent }) => sent],
    text: ({ received, sent }) => `↓ ${sizeText(received)}/s  ↑ ${sizeText(sent)}/s`,
    least: 1e3,
  },
  {
    label: 'disk',
    lines: [({ read }) => read, ({ written }) => written],
    text: ({ read, written }) => `↓ ${sizeText(read)}/s  ↑ ${sizeText(written)}/s`,
    least: 1e3,
  },
]

interface Shown {
  readonly points: Point[]
  readonly status: HTMLElement
  readonly processes: HTMLElement
  readonly charts: readonly { readonly text: HTMLElement; readonly paths: readonly SVGPathElement[]; readonly top: HTMLElement }[]
}

const shown = new Map<string, Shown>()
let labels: Readonly<Record<string, string>> = {}
const root = document.getElementById('containers')

function take(message: ToPage): void {
  switch (message.kind) {
    case 'all':
      labels = message.labels
      shown.clear()
      root?.replaceChildren(...message.containers.map(addContainer))
      return
    case 'point': {
      const container = shown.get(message.key)
      if (container === undefined) return
      container.points.push(message.point)
      if (container.points.length > KEPT) container.points.shift()
      draw(container)
      return
    }
    case 'status': {
      const container = shown.get(message.key)
      if (container !== undefined) container.status.textContent = message.status
      return
    }
  }
}

function addContainer({ key, name, status, points }: ShownContainer): HTMLElement {
  const section = element('section')
  const heading = element('h2', name)
  const statusText = element('span', status, 'status')
  const processes = element('span', '', 'status')
  heading.append(' ', statusText, ' ', processes)
  const made = charts.map((chart) => {
    const figure = element('figure')
    const text = element('span', '', 'now')
    const caption = element('figcaption', labels[chart.label] ?? chart.label)
    caption.append(' ', text)
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    svg.setAttribute('preserveAspectRatio', 'none')
    svg.setAttribute('aria-hidden', 'true')
    const paths = chart.lines.map((_line, index) => {
      const path = document.createElementNS(SVG, 'path')
      path.setAttribute('class', `line${index}`)
      svg.append(path)
      return path
    })
    const top = element('span', '', 'top')
    figure.append(caption, svg, top)
    return { figure, text, paths, top }
  })
  const grid = element('div', '', 'charts')
  grid.append(...made.map(({ figure }) => figure))
  section.append(heading, grid)
  const container: Shown = { points: [...points], status: statusText, processes, charts: made }
  shown.set(key, container)
  draw(container)
  return section
}

function draw({ points, charts: parts, processes }: Shown): void {
  const last = points.at(-1)
  if (last === undefined) return
  processes.textContent = (labels.processes ?? '').replace('{0}', String(last.processes))
  charts.forEach((chart, index) => {
    const part = parts[index]
    if (part === undefined) return
    part.text.textContent = chart.text(last)
    const top = niceTop(
      points.flatMap((point) => chart.lines.map((value) => value(point))),
      chart.least,
    )
    part.top.textContent = chart.label === 'cpu' ? `${Math.round(top * 100)} %` : sizeText(top)
    chart.lines.forEach((value, line) => {
      const series = points.map((point) => ({ time: point.time, value: value(point) }))
      part.paths[line]?.setAttribute('d', linePath(series, { width: WIDTH, height: HEIGHT, span: SPAN, now: last.time, top }))
    })
  })
}

function element(name: string, text = '', className = ''): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  if (className !== '') made.className = className
  return made
}

window.addEventListener('message', ({ data }) => {
  const message = toPageSchema.safeParse(data)
  if (message.success) take(message.data)
})

const editor = acquireVsCodeApi()
// For the panel that VS Code opens again after a reload.
editor.setState(JSON.parse(document.body.dataset.state ?? 'null'))
editor.postMessage({ kind: 'ready' })
