import type { Connection, TerminalSize } from './program.ts'

/** Makes a full-screen program draw its screen anew: it does so when its size changes, and not when it stays the same. Errors: EngineError. */
export async function redraw({ resize }: Pick<Connection, 'resize'>, { columns, rows }: TerminalSize): Promise<void> {
  await resize({ columns, rows: rows + 1 })
  await resize({ columns, rows })
}
