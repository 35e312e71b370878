/** Whether people can see what is on a page: WCAG's ratio of contrast to the editor's background. */
import type { Frame } from 'playwright-core'

export interface Faint {
  readonly what: string
  readonly ratio: number
}

/** Texts below a ratio of 4.5 and lines of charts below 3, as WCAG has them; `count` is how many were looked at. */
export async function faintParts(frame: Frame): Promise<{ readonly faint: Faint[]; readonly count: number }> {
  const found = await frame.locator('body').evaluate((body) => {
    const window = body.ownerDocument.defaultView
    if (window === null) throw new Error('look at a page: it has no window')
    const probe = body.ownerDocument.createElement('span')
    probe.style.color = window.getComputedStyle(body.ownerDocument.documentElement).getPropertyValue('--vscode-editor-background').trim()
    body.append(probe)
    const behind = window.getComputedStyle(probe).color
    probe.remove()
    const texts = [...body.querySelectorAll('*:not(script)')]
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== ''))
      .map((element) => ({ what: element.textContent ?? '', color: window.getComputedStyle(element).color, behind, least: 4.5 }))
    const lines = [...body.querySelectorAll('path.line')].map((line) => ({
      what: line.getAttribute('class') ?? '',
      color: window.getComputedStyle(line).stroke,
      behind,
      least: 3,
    }))
    return [...texts, ...lines]
  })
  const rated = found.map(({ what, color, behind, least }) => ({ what, least, ratio: contrast(rgbOf(color), rgbOf(behind)) }))
  return { faint: rated.filter(({ ratio, least }) => ratio < least), count: rated.length }
}

type Rgb = readonly [number, number, number]

function rgbOf(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number)
  return [red, green, blue]
}

function contrast(a: Rgb, b: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].toSorted((left, right) => left - right)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color
    .map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
