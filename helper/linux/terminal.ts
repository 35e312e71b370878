/** Terminals. */
import { call } from './call.ts'
import { linux } from './constants.ts'

/** Sets a terminal's size in characters; its foreground processes get SIGWINCH. Errors: SyscallError. */
export function resizeTerminal(terminal: number, size: { readonly width: number; readonly height: number }): void {
  const words = new Uint16Array([size.height, size.width, 0, 0])
  call('ioctl', [terminal, linux.TIOCSWINSZ, new Uint8Array(words.buffer)], 'terminal size')
}
