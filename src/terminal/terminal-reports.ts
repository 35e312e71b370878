/** What a terminal says of itself when a program asks: where the cursor is, which colours and modes there are, what it is. */

const ESC = '\x1b'
const REPORT = /^(?:\[[?>=]?[\d;]*\$?[cnRtxy]|\[[?][\d;]*u)/
/** Colours, settings and names: with an ESC of their own, or BEL, at the end. */
const REPORT_STRING = /^[\]P]/

/** Input without such answers. Some of them are the same as rare keys, so this is only for moments in which nobody types. */
export function withoutReports(input: string): string {
  let isInString = false
  const [first = '', ...sequences] = input.split(ESC)
  return (
    first +
    sequences
      .map((sequence) => {
        if (isInString && sequence.startsWith('\\')) {
          isInString = false
          return sequence.slice(1)
        }
        if (REPORT_STRING.test(sequence)) {
          const end = sequence.indexOf('\x07')
          isInString = end < 0
          return isInString ? '' : sequence.slice(end + 1)
        }
        const report = REPORT.exec(sequence)?.[0]
        return report === undefined ? ESC + sequence : sequence.slice(report.length)
      })
      .join('')
  )
}
