import type { Command } from './command.ts'
import { NETWORK_COMMANDS } from './network-commands.ts'

/** A command's place in the help; its module is loaded only when it is run. */
export interface CommandEntry {
  /** One word, or two for a command of a group (`container ls`). */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly section: 'common' | 'management' | 'other' | 'group'
  /** Absent for a group, which does nothing by itself. */
  readonly load?: () => Promise<Command>
}

const CONTAINER_VERBS: readonly CommandEntry[] = [
  {
    name: 'run',
    section: 'common',
    summary: 'Create and run a new container from an image',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'exec',
    section: 'common',
    summary: 'Execute a command in a running container',
    load: async () => (await import('./commands/exec.ts')).exec,
  },
  {
    name: 'attach',
    section: 'other',
    summary: 'Attach to a running container',
    load: async () => (await import('./commands/attach.ts')).attach,
  },
  {
    name: 'commit',
    section: 'other',
    summary: "Create a new image from a container's changes",
    load: async () => (await import('./commands/commit.ts')).commit,
  },
  {
    name: 'cp',
    section: 'other',
    summary: 'Copy files/folders between a container and the local filesystem',
    load: async () => (await import('./commands/cp.ts')).cp,
  },
  { name: 'create', section: 'other', summary: 'Create a new container', load: async () => (await import('./commands/create.ts')).create },
  {
    name: 'diff',
    section: 'other',
    summary: "Show changes to a container's filesystem",
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'export',
    section: 'other',
    summary: "Export a container's filesystem as a tar archive",
    load: async () => (await import('./commands/export.ts')).exportContainer,
  },
  {
    name: 'kill',
    section: 'other',
    summary: 'Kill one or more running containers',
    load: async () => (await import('./commands/kill.ts')).kill,
  },
  {
    name: 'logs',
    section: 'common',
    summary: 'Fetch the logs of a container',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  {
    name: 'pause',
    section: 'other',
    summary: 'Pause all processes within one or more containers',
    load: async () => (await import('./commands/pause.ts')).pause,
  },
  {
    name: 'port',
    section: 'other',
    summary: 'List port mappings of a container',
    load: async () => (await import('./commands/port.ts')).port,
  },
  { name: 'rename', section: 'other', summary: 'Rename a container', load: async () => (await import('./commands/rename.ts')).rename },
  {
    name: 'restart',
    section: 'other',
    summary: 'Restart one or more containers',
    load: async () => (await import('./commands/stop.ts')).restart,
  },
  { name: 'rm', section: 'other', summary: 'Remove one or more containers', load: async () => (await import('./commands/rm.ts')).rm },
  {
    name: 'start',
    section: 'other',
    summary: 'Start one or more stopped containers',
    load: async () => (await import('./commands/start.ts')).start,
  },
  {
    name: 'stats',
    section: 'other',
    summary: 'Show resource usage of containers',
    load: async () => (await import('./commands/stats.ts')).stats,
  },
  {
    name: 'stop',
    section: 'common',
    summary: 'Stop one or more running containers',
    load: async () => (await import('./commands/stop.ts')).stop,
  },
  {
    name: 'top',
    section: 'other',
    summary: 'Show the running processes of a container',
    load: async () => (await import('./commands/top.ts')).top,
  },
  {
    name: 'unpause',
    section: 'other',
    summary: 'Unpause all processes within one or more containers',
    load: async () => (await import('./commands/pause.ts')).unpause,
  },
  {
    name: 'update',
    section: 'other',
    summary: 'Change the limits of one or more containers',
    load: async () => (await import('./commands/update.ts')).update,
  },
  {
    name: 'wait',
    section: 'other',
    summary: 'Wait until containers stop, then print their exit codes',
    load: async () => (await import('./commands/wait.ts')).wait,
  },
]

const IMAGE_VERBS: readonly CommandEntry[] = [
  {
    name: 'pull',
    section: 'common',
    summary: 'Download an image from a registry',
    load: async () => (await import('./commands/pull.ts')).pull,
  },
  {
    name: 'push',
    section: 'common',
    summary: 'Upload an image to a registry',
    load: async () => (await import('./commands/push.ts')).push,
  },
  {
    name: 'history',
    section: 'other',
    summary: 'Show the history of an image',
    load: async () => (await import('./commands/history.ts')).history,
  },
  {
    name: 'import',
    section: 'other',
    summary: 'Make an image of a tar archive or an unpacked folder',
    load: async () => (await import('./commands/import.ts')).importImage,
  },
  {
    name: 'load',
    section: 'other',
    summary: 'Load an image from a tar archive or STDIN',
    load: async () => (await import('./commands/load.ts')).load,
  },
  {
    name: 'save',
    section: 'other',
    summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
    load: async () => (await import('./commands/save.ts')).save,
  },
  {
    name: 'tag',
    section: 'other',
    summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    load: async () => (await import('./commands/tag.ts')).tag,
  },
]

const loadPs = async () => (await import('./commands/ps.ts')).ps
const loadImages = async () => (await import('./commands/images.ts')).images
const loadInfo = async () => (await import('./commands/info.ts')).info
const loadEvents = async () => (await import('./commands/events.ts')).events

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  ...CONTAINER_VERBS,
  { name: 'ps', section: 'common', summary: 'List containers', load: loadPs },
  ...IMAGE_VERBS,
  { name: 'images', section: 'common', summary: 'List images', load: loadImages },
  {
    name: 'login',
    section: 'common',
    summary: 'Authenticate to a registry',
    load: async () => (await import('./commands/login.ts')).login,
  },
  {
    name: 'logout',
    section: 'common',
    summary: 'Log out from a registry',
    load: async () => (await import('./commands/logout.ts')).logout,
  },
  {
    name: 'search',
    section: 'common',
    summary: 'Search Docker Hub for images',
    load: async () => (await import('./commands/search.ts')).search,
  },
  {
    name: 'version',
    section: 'common',
    summary: 'Show version information',
    load: async () => (await import('./commands/version.ts')).version,
  },
  { name: 'info', section: 'common', summary: 'Show system-wide information', load: loadInfo },
  { name: 'container', section: 'management', summary: 'Manage containers' },
  { name: 'image', section: 'management', summary: 'Manage images' },
  { name: 'network', section: 'management', summary: 'Manage networks' },
  { name: 'volume', section: 'management', summary: 'Manage volumes' },
  { name: 'system', section: 'management', summary: 'Manage Pocker' },
  { name: 'service', section: 'management', summary: 'Manage the helper as a service of this machine' },
  { name: 'events', section: 'other', summary: 'Show events as they happen', load: loadEvents },
  {
    name: 'inspect',
    section: 'other',
    summary: 'Show all about containers, images or networks',
    load: async () => (await import('./commands/inspect.ts')).inspect,
  },
  { name: 'rmi', section: 'other', summary: 'Remove one or more images', load: async () => (await import('./commands/rmi.ts')).rmi },
  {
    name: 'doctor',
    section: 'other',
    summary: 'Show what this machine lets Pocker do, and what to do about the rest',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'grant',
    section: 'other',
    summary: 'Let users talk to the helper, or list who may',
    load: async () => (await import('./commands/grant.ts')).grant,
  },
  {
    name: 'revoke',
    section: 'other',
    summary: 'Let users no longer talk to the helper',
    load: async () => (await import('./commands/revoke.ts')).revoke,
  },
  {
    name: 'helper',
    section: 'other',
    summary: 'Run the helper in the foreground',
    load: async () => (await import('./commands/helper.ts')).helper,
  },
  {
    name: 'helper start',
    section: 'group',
    summary: 'Start the helper in the background, or have a newer one take over',
    load: async () => (await import('./commands/helper-start.ts')).helperStart,
  },
  {
    name: 'uninstall',
    section: 'other',
    summary: 'Remove Pocker from this machine, with all containers and images',
    load: async () => (await import('./commands/uninstall.ts')).uninstall,
  },
  {
    name: 'tunnel',
    section: 'other',
    summary: 'Make a socket here that leads to the engine of another machine, for other programs',
    load: async () => (await import('./commands/tunnel.ts')).tunnel,
  },
  {
    name: 'bridge',
    section: 'group',
    summary: 'Carry connections to the helper over standard input and output',
    load: async () => (await import('./commands/bridge.ts')).bridge,
  },
  {
    name: 'service install',
    section: 'group',
    summary: 'Have the helper start with this machine (systemd)',
    load: async () => (await import('./commands/service.ts')).serviceInstall,
  },
  {
    name: 'service uninstall',
    section: 'group',
    summary: 'Have the helper start on demand again',
    load: async () => (await import('./commands/service.ts')).serviceUninstall,
  },
  {
    name: 'service status',
    section: 'group',
    summary: 'Show whether the service is installed and runs',
    load: async () => (await import('./commands/service.ts')).serviceStatus,
  },
  ...CONTAINER_VERBS.map(
    (entry): CommandEntry => ({
      ...entry,
      name: `container ${entry.name}`,
      section: 'group',
      ...(entry.name === 'rm' ? { aliases: ['container remove'] } : {}),
    }),
  ),
  {
    name: 'container inspect',
    section: 'group',
    summary: 'Show all about containers',
    load: async () => (await import('./commands/inspect.ts')).inspectContainer,
  },
  { name: 'container ls', aliases: ['container ps', 'container list'], section: 'group', summary: 'List containers', load: loadPs },
  {
    name: 'container prune',
    section: 'group',
    summary: 'Remove all stopped containers',
    load: async () => (await import('./commands/prune.ts')).prune,
  },
  ...IMAGE_VERBS.map((entry): CommandEntry => ({ ...entry, name: `image ${entry.name}`, section: 'group' })),
  {
    name: 'image copy',
    section: 'group',
    summary: 'Copy images to another host, without the layers that are there',
    load: async () => (await import('./commands/image-copy.ts')).imageCopy,
  },
  {
    name: 'image inspect',
    section: 'group',
    summary: 'Show all about images',
    load: async () => (await import('./commands/inspect.ts')).inspectImage,
  },
  { name: 'image ls', aliases: ['image list'], section: 'group', summary: 'List images', load: loadImages },
  {
    name: 'image prune',
    section: 'group',
    summary: 'Remove unused images',
    load: async () => (await import('./commands/image-prune.ts')).imagePrune,
  },
  {
    name: 'image rm',
    aliases: ['image remove'],
    section: 'group',
    summary: 'Remove one or more images',
    load: async () => (await import('./commands/rmi.ts')).rmi,
  },
  ...NETWORK_COMMANDS,
  {
    name: 'volume create',
    section: 'group',
    summary: 'Create a volume',
    load: async () => (await import('./commands/volume-create.ts')).volumeCreate,
  },
  {
    name: 'volume inspect',
    section: 'group',
    summary: 'Show all about volumes',
    load: async () => (await import('./commands/inspect.ts')).inspectVolume,
  },
  {
    name: 'volume ls',
    aliases: ['volume list'],
    section: 'group',
    summary: 'List volumes',
    load: async () => (await import('./commands/volume-ls.ts')).volumeLs,
  },
  {
    name: 'volume prune',
    section: 'group',
    summary: 'Remove unused volumes',
    load: async () => (await import('./commands/volume-prune.ts')).volumePrune,
  },
  {
    name: 'volume rm',
    aliases: ['volume remove'],
    section: 'group',
    summary: 'Remove one or more volumes',
    load: async () => (await import('./commands/volume-rm.ts')).volumeRm,
  },
  { name: 'system df', section: 'group', summary: 'Show disk usage', load: async () => (await import('./commands/df.ts')).df },
  { name: 'system events', section: 'group', summary: 'Show events as they happen', load: loadEvents },
  { name: 'system info', section: 'group', summary: 'Show system-wide information', load: loadInfo },
]
