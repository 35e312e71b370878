/** What the commands of images are called. */
export const IMAGE_COMMANDS = [
  'pocker.images.pull',
  'pocker.images.pullForPlatform',
  'pocker.images.search',
  'pocker.images.remove',
  'pocker.images.prune',
  'pocker.images.tag',
  'pocker.images.push',
  'pocker.images.copyTo',
  'pocker.images.save',
  'pocker.images.load',
  'pocker.images.import',
  'pocker.images.history',
  'pocker.images.copyId',
  'pocker.images.copyName',
  'pocker.registry.forgetLogin',
] as const

export type ImageCommand = (typeof IMAGE_COMMANDS)[number]

/** What those of containers' lives are called. */
export const LIFECYCLE_COMMANDS = [
  'pocker.containers.start',
  'pocker.containers.stop',
  'pocker.containers.restart',
  'pocker.containers.pause',
  'pocker.containers.unpause',
  'pocker.containers.kill',
  'pocker.containers.rename',
  'pocker.containers.remove',
  'pocker.containers.prune',
  'pocker.containers.commit',
  'pocker.containers.export',
  'pocker.containers.update',
  'pocker.containers.copyId',
  'pocker.containers.copyName',
  'pocker.containers.openInBrowser',
  'pocker.containers.copyAddress',
] as const

export type LifecycleCommand = (typeof LIFECYCLE_COMMANDS)[number]

/** What those of volumes are called. */
export const VOLUME_COMMANDS = [
  'pocker.volumes.create',
  'pocker.volumes.remove',
  'pocker.volumes.prune',
  'pocker.volumes.inspect',
  'pocker.volumes.inspectJson',
  'pocker.volumes.copyName',
] as const

export type VolumeCommand = (typeof VOLUME_COMMANDS)[number]

/** What those of networks are called. */
export const NETWORK_COMMANDS = [
  'pocker.networks.create',
  'pocker.networks.connect',
  'pocker.networks.disconnect',
  'pocker.networks.remove',
  'pocker.networks.prune',
  'pocker.networks.inspect',
  'pocker.networks.inspectJson',
  'pocker.networks.copyName',
  'pocker.networks.copyId',
] as const

export type NetworkCommand = (typeof NETWORK_COMMANDS)[number]

/** Every command of the extension: what `package.json` contributes, the menus name and the code registers. A test compares all three. */
export const COMMANDS = [
  ...LIFECYCLE_COMMANDS,
  ...IMAGE_COMMANDS,
  ...VOLUME_COMMANDS,
  ...NETWORK_COMMANDS,

  'pocker.run',
  'pocker.run.withDefaults',
  'pocker.run.inFolder',
  'pocker.run.dockerfile',
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
  'pocker.containers.trace',
  'pocker.containers.refreshProcesses',
  'pocker.images.cancelPull',
  'pocker.images.inspect',
  'pocker.images.inspectJson',
  'pocker.diskUse',
  'pocker.cleanUp',
  'pocker.showLog',

  'pocker.containers.open',
  'pocker.containers.click',

  'pocker.containers.filter',
  'pocker.containers.showAll',
  'pocker.containers.groupBy',
  'pocker.containers.sortBy',
  'pocker.containers.onlyWorkspace',
  'pocker.containers.allFolders',
  'pocker.containers.hideStopped',
  'pocker.containers.showStopped',

  'pocker.start',
  'pocker.startInTerminal',
  'pocker.update',
  'pocker.doctor',
  'pocker.service.install',
  'pocker.service.uninstall',
  'pocker.howItWorks',
  'pocker.hosts.add',
  'pocker.hosts.connect',
  'pocker.hosts.forget',
  'pocker.hosts.uninstall',
  'pocker.hosts.retry',
  'pocker.hosts.copySocket',
  'pocker.hosts.copyDockerHost',
  'pocker.hosts.useInTerminals',
  'pocker.hosts.leaveTerminals',

  'pocker.files.open',
  'pocker.files.openChange',
  'pocker.files.refresh',
  'pocker.files.newFile',
  'pocker.files.newFolder',
  'pocker.files.rename',
  'pocker.files.delete',
  'pocker.files.upload',
  'pocker.files.uploadFolder',
  'pocker.files.download',
  'pocker.files.copyPath',
  'pocker.files.reveal',
  'pocker.files.addToWorkspace',
  'pocker.files.discardChange',

  'pocker.views.key',

  'pocker.containers.logs',
  'pocker.containers.logsTogether',
  'pocker.logs.follow',
  'pocker.logs.stopFollowing',
  'pocker.logs.timestamps',
  'pocker.logs.streams',
  'pocker.logs.filter',
  'pocker.logs.clearFilter',
  'pocker.logs.showFrom',
  'pocker.logs.search',
  'pocker.logs.save',
  'pocker.logs.copyLast',
  'pocker.logs.clear',
  'pocker.logs.showEarlier',
  'pocker.logs.showLater',
  'pocker.logs.showBeginning',
  'pocker.logs.showEnd',
  'pocker.logs.openLink',
] as const

export type CommandId = (typeof COMMANDS)[number]
