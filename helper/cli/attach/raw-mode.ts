import type { InputStream } from '../io.ts'

/**
 * Hands a terminal over to the process in the container: keys arrive as typed, output is shown as written. The returned function takes
 * it back, as it was. Nothing happens where the input is no terminal.
 */
export async function rawMode(stdin: InputStream): Promise<() => void> {
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return () => undefined
  stdin.setRawMode(true)
  const restore = () => {
    stdin.setRawMode?.(false)
  }
  // A way out that does not come back here (an uncaught error, process.exit) must leave a usable terminal too.
  process.once('exit', restore)
  if (stdin.fd !== undefined) await passOutputThrough(stdin.fd)
  return () => {
    process.off('exit', restore)
    restore()
  }
}

/**
 * libuv's raw mode goes on turning line feeds into carriage return and line feed, which breaks full-screen programs that mean "one line
 * down" by them. Node has no other way to say it than stty; without one, only those programs look wrong.
 */
async function passOutputThrough(terminal: number): Promise<void> {
  const { spawnSync } = await import('node:child_process')
  spawnSync('stty', ['-opost'], { stdio: [terminal, 'ignore', 'ignore'] })
}
