import type { Host } from './host.ts'

/** Whether a name is that of the image that every Pocker has: the machine's own programs. Other engines may have one of that name too. */
export function isHostImage({ kind, state }: Host, tag: string | undefined): boolean {
  // What answered before it was lost is not known; a socket of another engine is that of another engine.
  return tag === 'host:latest' && (state.kind === 'ready' ? state.engine.isPocker : kind !== 'socket')
}
