/** A container's part of the page. All texts are set as text: whatever a name holds, it stays one. */
import type { PageTexts, ShownContainer, ShownState } from '../messages.ts'
import type { StatsPoint } from '../sample.ts'
import { KEPT, SPAN } from '../time-span.ts'
import { chartPaths, niceTop } from './chart.ts'
import { CHARTS, type Chart } from './charts.ts'

export interface ContainerSection {
  readonly element: HTMLElement
  add(point: StatsPoint): void
  setState(state: ShownState): void
}

const WIDTH = 240
const HEIGHT = 80
const SVG = 'http://www.w3.org/2000/svg'

/** Makes it; the charts are drawn with each point. */
export function containerSection({ name, state, points: given }: ShownContainer, texts: PageTexts): ContainerSection {
  const points = [...given]
  const section = element('section')
  const [words, processes] = [element('span', 'state'), element('span', 'state')]
  const heading = element('h2', '', name)
  heading.append(words, processes)
  const figures = CHARTS.map((chart) => chartFigure(chart, texts))
  const grid = element('div', 'charts')
  grid.append(...figures.map((figure) => figure.element))
  section.append(heading, grid)
  let isLive = false
  const draw = () => {
    const last = points.at(-1)
    const count = isLive ? last?.processes : undefined
    processes.textContent = count === undefined ? '' : count === 1 ? texts.oneProcess : texts.processes.replace('{0}', String(count))
    for (const figure of figures) figure.draw(points, isLive)
  }
  const setState = (its: ShownState) => {
    words.textContent = its.words
    isLive = its.isLive
    section.classList.toggle('still', !isLive)
    draw()
  }
  setState(state)
  return {
    element: section,
    setState,
    add: (point) => {
      points.push(point)
      if (points.length > KEPT) points.shift()
      draw()
    },
  }
}

interface ChartFigure {
  readonly element: HTMLElement
  draw(points: readonly StatsPoint[], isLive: boolean): void
}

function chartFigure(chart: Chart, texts: PageTexts): ChartFigure {
  const figure = element('figure')
  const now = element('span', 'now')
  const caption = element('figcaption')
  caption.append(element('span', 'title', chart.title(texts)), now)
  const plot = element('div', 'plot')
  const svg = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' })
  svg.append(shape('path', { class: 'grid', d: `M0 ${HEIGHT / 2}H${WIDTH}` }))
  const paths = chart.lines.map((_line, index) => {
    const area = shape('path', { class: `area line${index}` })
    const line = shape('path', { class: `line line${index}` })
    svg.append(area, line)
    return { area, line }
  })
  const top = element('span', 'top')
  plot.append(svg, top)
  const axis = element('div', 'axis')
  axis.append(element('span', '', texts.past), element('span', '', texts.now))
  // What the scale says is seen, and says nothing to who hears the numbers.
  for (const part of [top, axis]) part.setAttribute('aria-hidden', 'true')
  figure.append(caption, plot, axis)
  return {
    element: figure,
    draw: (points, isLive) => {
      const last = points.at(-1)
      now.replaceChildren(...valuesNow(chart, texts, isLive ? last : undefined, isLive))
      if (last === undefined) return
      const greatest = niceTop(
        points.flatMap((point) => chart.lines.map(({ value }) => value(point))),
        chart.least,
      )
      top.textContent = chart.text(greatest)
      chart.lines.forEach(({ value }, index) => {
        const series = points.map((point) => ({ time: point.time, value: value(point) }))
        const { line, area } = chartPaths(series, { width: WIDTH, height: HEIGHT, span: SPAN, now: last.time, top: greatest })
        paths[index]?.line.setAttribute('d', line)
        paths[index]?.area.setAttribute('d', area)
      })
    },
  }
}

function valuesNow(chart: Chart, texts: PageTexts, point: StatsPoint | undefined, isLive: boolean): readonly HTMLElement[] {
  if (point === undefined) return [element('span', 'quiet', isLive ? texts.waiting : texts.idle)]
  const values = chart.lines.map(({ name, value }, index) => {
    const amount = chart.text(value(point))
    return name === undefined ? element('span', '', amount) : element('span', `value line${index}`, `${name(texts)} ${amount}`)
  })
  const aside = chart.aside?.(point, texts) ?? ''
  return aside === '' ? values : [...values, element('span', 'aside', aside)]
}

function element(name: string, className = '', text = ''): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  if (className !== '') made.className = className
  return made
}

function shape(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, name)
  if (!(made instanceof SVGElement)) throw new Error(`make the shape ${name}: it is none`)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
