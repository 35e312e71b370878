/** Every command of the extension: what `package.json` contributes, the menus name and the code registers. A test compares all three. */
export const COMMANDS = [
  'pocker.run',
  'pocker.run.withDefaults',
  'pocker.run.inFolder',
  'pocker.containers.recreate',
  'pocker.images.cancelPull',
  'pocker.showLog',
] as const

export type CommandId = (typeof COMMANDS)[number]
