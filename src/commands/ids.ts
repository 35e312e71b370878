/** Every command of the extension: what `package.json` contributes, the menus name and the code registers. A test compares all three. */
export const COMMANDS = [
  'pocker.run',
  'pocker.run.withDefaults',
  'pocker.run.inFolder',
  'pocker.containers.recreate',
  'pocker.containers.openTerminal',
  'pocker.containers.focusTerminal',
  'pocker.containers.openTerminalAs',
  'pocker.containers.toolbox',
  'pocker.containers.attach',
  'pocker.containers.detach',
  'pocker.containers.inspect',
  'pocker.containers.inspectJson',
  'pocker.containers.stats',
  'pocker.images.cancelPull',
  'pocker.images.inspect',
  'pocker.images.inspectJson',
  'pocker.diskUse',
  'pocker.cleanUp',
  'pocker.showLog',
] as const

export type CommandId = (typeof COMMANDS)[number]
