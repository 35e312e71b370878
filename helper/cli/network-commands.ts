import type { CommandEntry } from './commands.ts'

const load = async () => await import('./commands/network.ts')

/** `pocker network …` */
export const NETWORK_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'network connect',
    section: 'group',
    summary: 'Connect a container to a network',
    load: async () => (await load()).connect,
  },
  {
    name: 'network create',
    section: 'group',
    summary: 'Create a network',
    load: async () => (await import('./commands/network-create.ts')).networkCreate,
  },
  {
    name: 'network disconnect',
    section: 'group',
    summary: 'Disconnect a container from a network',
    load: async () => (await load()).disconnect,
  },
  {
    name: 'network inspect',
    section: 'group',
    summary: 'Show all about networks',
    load: async () => (await import('./commands/inspect.ts')).inspectNetwork,
  },
  {
    name: 'network ls',
    aliases: ['network list'],
    section: 'group',
    summary: 'List networks',
    load: async () => (await import('./commands/networks.ts')).networks,
  },
  {
    name: 'network prune',
    section: 'group',
    summary: 'Remove all networks that no container is in',
    load: async () => (await load()).networkPrune,
  },
  {
    name: 'network rm',
    aliases: ['network remove'],
    section: 'group',
    summary: 'Remove one or more networks',
    load: async () => (await load()).networkRm,
  },
]
