/** All when-clause contexts that the code sets and package.json asks for. */
export const CONTEXTS = [
  'pocker.containers.state',
  'pocker.containers.isFiltered',
  'pocker.containers.onlyWorkspace',
  'pocker.containers.hideStopped',
  'pocker.images.state',
  'pocker.volumes.state',
  'pocker.networks.state',
  'pocker.hosts.state',
  'pocker.isPulling',
  'pocker.isStopped',
  'pocker.terminalActive',
  'pocker.logs.isFollowing',
  'pocker.logs.isFiltered',
] as const

export type ContextKey = (typeof CONTEXTS)[number]
