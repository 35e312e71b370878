/** How parts of a log's rows look: few looks that can be put together, whatever colours a container thinks of. */
import type { Row } from './log-text.ts'
import { ATTRIBUTES, styleOf } from './sgr.ts'

export type LookName = string

export interface Look {
  readonly name: LookName
  readonly options: LookOptions
}

export interface LookOptions {
  /** `#rrggbb`, or the name of a theme's colour. */
  readonly foreground?: string
  readonly background?: string
  readonly fontWeight?: string
  readonly fontStyle?: string
  readonly textDecoration?: string
  readonly opacity?: string
}

export interface LookedPart {
  readonly look: Look
  readonly start: number
  readonly end: number
}

const ANSI = ['Black', 'Red', 'Green', 'Yellow', 'Blue', 'Magenta', 'Cyan', 'White']
/** For the names before lines of several containers. */
const MEMBERS = [6, 3, 2, 5, 4, 14, 11, 10, 13, 12]

/** The parts of a row that look different from plain text. */
export function looksOf({ line, offset, prefix }: Extract<Row, { kind: 'line' }>): readonly LookedPart[] {
  const marks = line.marks.flatMap(({ start, end, style }) =>
    looksOfStyle(style).map((look) => ({ look, start: start + offset, end: end + offset })),
  )
  if (prefix === 0) return marks
  return [{ look: foreground(MEMBERS[line.member % MEMBERS.length] ?? 6), start: offset - prefix, end: offset }, ...marks]
}

function looksOfStyle(style: number): readonly Look[] {
  const { foreground: text, background: behind, attributes } = styleOf(style)
  const isInverse = (attributes & ATTRIBUTES.inverse) !== 0
  const [front, back] = isInverse ? [behind, text] : [text, behind]
  return [
    ...(front === undefined ? (isInverse ? [INVERSE_FRONT] : []) : [foreground(front)]),
    ...(back === undefined ? (isInverse ? [INVERSE_BACK] : []) : [background(back)]),
    ...ATTRIBUTE_LOOKS.flatMap(({ bits, look }) => ((attributes & bits) === bits ? [look] : [])),
  ]
}

const INVERSE_FRONT: Look = { name: 'front of inverse', options: { foreground: 'editor.background' } }
const INVERSE_BACK: Look = { name: 'back of inverse', options: { background: 'editor.foreground' } }

const ATTRIBUTE_LOOKS: readonly { readonly bits: number; readonly look: Look }[] = [
  { bits: ATTRIBUTES.bold, look: { name: 'bold', options: { fontWeight: 'bold' } } },
  { bits: ATTRIBUTES.faint, look: { name: 'faint', options: { opacity: '0.7' } } },
  { bits: ATTRIBUTES.italic, look: { name: 'italic', options: { fontStyle: 'italic' } } },
  { bits: ATTRIBUTES.underline, look: { name: 'underline', options: { textDecoration: 'underline' } } },
  { bits: ATTRIBUTES.strike, look: { name: 'strike', options: { textDecoration: 'line-through' } } },
]

function foreground(colour: number): Look {
  return { name: `f${colour}`, options: { foreground: colourText(colour) } }
}

function background(colour: number): Look {
  return { name: `b${colour}`, options: { background: colourText(colour) } }
}

/** The 16 of the theme, then as in xterm: a cube of 6 × 6 × 6, and 24 greys. */
function colourText(colour: number): string {
  if (colour < 16) return `terminal.ansi${colour < 8 ? '' : 'Bright'}${ANSI[colour % 8]}`
  if (colour >= 232) {
    const grey = hex(8 + 10 * (colour - 232))
    return `#${grey}${grey}${grey}`
  }
  const level = (value: number) => hex(value === 0 ? 0 : 55 + 40 * value)
  const index = colour - 16
  return `#${level(Math.floor(index / 36))}${level(Math.floor(index / 6) % 6)}${level(index % 6)}`
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}
