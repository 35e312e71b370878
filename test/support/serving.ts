/** The processes that serve files, as the machine shows them. */
import { readdirSync, readFileSync } from 'node:fs'

/** Those whose title begins so: `container ID`, `image of ID`, `image sha256:…`; all of them for nothing. */
export function serving(title: string): readonly number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/cmdline`).startsWith(`pocker-files ${title}`))
    .map(Number)
}

/** What a process sees mounted, as the kernel writes it; nothing when it has ended. */
export function mountsOf(pid: number): string {
  return textOf(`/proc/${pid}/mountinfo`)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // ended meanwhile
  }
}
