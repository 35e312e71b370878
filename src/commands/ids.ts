/** All commands that the code registers; package.json says how they look, and `npm run check` compares. */
export const COMMANDS = [
  'pocker.run',
  'pocker.run.withDefaults',
  'pocker.run.inFolder',
  'pocker.containers.recreate',
  'pocker.images.cancelPull',
] as const

export type CommandId = (typeof COMMANDS)[number]
