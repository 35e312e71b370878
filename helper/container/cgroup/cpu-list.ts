/** Lists of CPUs and memory nodes, such as `0-3,7` (cpuset(7), list format without strides, as Docker takes them). */

// Docker's bound; it also keeps `0-4294967295` from filling memory.
const MAX_NUMBER = 8192

/** The numbers, ascending, each once; undefined when `text` is not such a list. */
export function parseCpuList(text: string): readonly number[] | undefined {
  const numbers = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim())
    if (match === null) return undefined
    const first = Number(match[1])
    const last = Number(match[2] ?? match[1])
    if (last < first || last > MAX_NUMBER) return undefined
    for (let number = first; number <= last; number++) numbers.add(number)
  }
  return [...numbers].sort((left, right) => left - right)
}
