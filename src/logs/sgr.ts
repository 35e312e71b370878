/** What escape codes say of a text's look (SGR, ECMA-48 8.3.117), in one number: colours of 256 and a few attributes. */

export const PLAIN = 0

/** Bits of a style's attributes. */
export const ATTRIBUTES = { bold: 1, faint: 2, italic: 4, underline: 8, inverse: 16, strike: 32 } as const

const FOREGROUND_SHIFT = 0
const BACKGROUND_SHIFT = 9
const ATTRIBUTES_SHIFT = 18
const COLOUR_MASK = 0x1ff

export interface Style {
  /** 0 to 15 are the theme's, the others as in xterm. */
  readonly foreground?: number
  readonly background?: number
  readonly attributes: number
}

/** The parts of a style. */
export function styleOf(style: number): Style {
  const foreground = (style >> FOREGROUND_SHIFT) & COLOUR_MASK
  const background = (style >> BACKGROUND_SHIFT) & COLOUR_MASK
  return {
    ...(foreground === 0 ? {} : { foreground: foreground - 1 }),
    ...(background === 0 ? {} : { background: background - 1 }),
    attributes: style >> ATTRIBUTES_SHIFT,
  }
}

/** The style after the parameters of one code, such as `1;31` or `38:2::255:0:0`. What is not known changes nothing. */
export function applySgr(style: number, parameters: string): number {
  let next = style
  const words = parameters.split(';')
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const parts = word.split(':')
    const code = Number(parts[0])
    if (code === 38 || code === 48) {
      const { colour, taken } = parts.length > 1 ? { colour: colourOf(withoutSpace(parts)), taken: 0 } : separateColour(words, index)
      index += taken
      if (colour !== undefined) next = withColour(next, code === 38 ? FOREGROUND_SHIFT : BACKGROUND_SHIFT, colour)
    } else next = applyCode(next, code, parts[1])
  }
  return next
}

function applyCode(style: number, code: number, detail: string | undefined): number {
  if (code === 0) return PLAIN
  if (code >= 30 && code <= 37) return withColour(style, FOREGROUND_SHIFT, code - 30)
  if (code >= 90 && code <= 97) return withColour(style, FOREGROUND_SHIFT, code - 82)
  if (code >= 40 && code <= 47) return withColour(style, BACKGROUND_SHIFT, code - 40)
  if (code >= 100 && code <= 107) return withColour(style, BACKGROUND_SHIFT, code - 92)
  if (code === 39) return withColour(style, FOREGROUND_SHIFT, undefined)
  if (code === 49) return withColour(style, BACKGROUND_SHIFT, undefined)
  if (code === 4 && detail === '0') return withAttributes(style, 0, ATTRIBUTES.underline)
  const on = ON.get(code)
  if (on !== undefined) return withAttributes(style, on, 0)
  const off = OFF.get(code)
  return off === undefined ? style : withAttributes(style, 0, off)
}

const ON: ReadonlyMap<number, number> = new Map([
  [1, ATTRIBUTES.bold],
  [2, ATTRIBUTES.faint],
  [3, ATTRIBUTES.italic],
  [4, ATTRIBUTES.underline],
  [7, ATTRIBUTES.inverse],
  [9, ATTRIBUTES.strike],
  [21, ATTRIBUTES.underline],
])

const OFF: ReadonlyMap<number, number> = new Map([
  [22, ATTRIBUTES.bold | ATTRIBUTES.faint],
  [23, ATTRIBUTES.italic],
  [24, ATTRIBUTES.underline],
  [27, ATTRIBUTES.inverse],
  [29, ATTRIBUTES.strike],
])

/** `38;5;N` and `38;2;R;G;B`: how many words the colour takes, and which it is. */
function separateColour(words: readonly string[], index: number): { colour: number | undefined; taken: number } {
  const taken = words[index + 1] === '5' ? 2 : words[index + 1] === '2' ? 4 : 0
  return { colour: colourOf(words.slice(index, index + taken + 1)), taken }
}

/** `38:2:R:G:B` may have the number of a colour space before R. */
function withoutSpace(parts: readonly string[]): readonly string[] {
  return parts[1] === '2' && parts.length > 5 ? [...parts.slice(0, 2), ...parts.slice(3)] : parts
}

function colourOf([, kind, ...values]: readonly string[]): number | undefined {
  const [first, second, third] = values.map(Number)
  if (kind === '5') return isByte(first) ? first : undefined
  if (kind !== '2' || !isByte(first) || !isByte(second) || !isByte(third)) return undefined
  return nearestOf256(first, second, third)
}

function isByte(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255
}

// A decoration type each: were all sixteen million colours kept, a log could make as many of them.
function nearestOf256(red: number, green: number, blue: number): number {
  const level = (value: number) => (value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40))
  if (red === green && green === blue) {
    if (red < 8) return 16
    if (red > 238) return 231
    return 232 + Math.round((red - 8) / 10)
  }
  return 16 + 36 * level(red) + 6 * level(green) + level(blue)
}

function withColour(style: number, shift: number, colour: number | undefined): number {
  return (style & ~(COLOUR_MASK << shift)) | ((colour === undefined ? 0 : colour + 1) << shift)
}

function withAttributes(style: number, on: number, off: number): number {
  return (style | (on << ATTRIBUTES_SHIFT)) & ~(off << ATTRIBUTES_SHIFT)
}
