/** Starting Pocker on this machine. */
export interface LocalStart {
  /** Whether it needs nothing of the user: no password, no consent. */
  canStartWithoutQuestion(): Promise<boolean>
  /** Resolves when the helper listens. Errors: in words, with a code; cancelled by the user: `cancelled`. */
  start(): Promise<void>
}
