/** The name of a second one beside `name`, as VS Code's explorer calls it: `a copy.txt`, `a copy 2.txt`. */
export function copyName(name: string, isTaken: (name: string) => boolean): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let number = 1; ; number++) {
    const candidate = `${stem} copy${number === 1 ? '' : ` ${number}`}${ending}`
    if (!isTaken(candidate)) return candidate
  }
}
