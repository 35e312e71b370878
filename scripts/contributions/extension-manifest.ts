/** The parts of package.json that VS Code reads, as far as the check looks at them. */
import { z } from 'zod'

const when = z.string().optional()

const command = z.object({
  command: z.string(),
  title: z.string(),
  category: z.string().optional(),
  icon: z.union([z.string(), z.object({ light: z.string(), dark: z.string() })]).optional(),
  enablement: when,
})

const menuItem = z.object({
  command: z.string().optional(),
  submenu: z.string().optional(),
  alt: z.string().optional(),
  when,
  group: z.string().optional(),
})

const setting = z.object({
  scope: z.string().optional(),
  description: z.string().optional(),
  markdownDescription: z.string().optional(),
})

const configuration = z.object({ title: z.string().optional(), properties: z.record(z.string(), setting).default({}) })

const step = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  when,
  completionEvents: z.array(z.string()).default([]),
})

/** One command, or several in their order: VS Code's own `runCommands`. */
const keybinding = z.object({
  command: z.string(),
  key: z.string(),
  when,
  args: z
    .object({
      commands: z
        .array(z.union([z.string(), z.object({ command: z.string(), args: z.object({ run: z.string().optional() }).optional() })]))
        .default([]),
    })
    .optional(),
})

const contributes = z.object({
  commands: z.array(command).default([]),
  menus: z.record(z.string(), z.array(menuItem)).default({}),
  submenus: z.array(z.object({ id: z.string(), label: z.string(), icon: z.string().optional() })).default([]),
  keybindings: z.array(keybinding).default([]),
  viewsContainers: z.record(z.string(), z.array(z.object({ id: z.string(), title: z.string(), icon: z.string() }))).default({}),
  views: z.record(z.string(), z.array(z.object({ id: z.string(), name: z.string(), icon: z.string().optional(), when }))).default({}),
  viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string(), when, enablement: when })).default([]),
  configuration: z.union([configuration, z.array(configuration)]).default([]),
  walkthroughs: z.array(z.object({ id: z.string(), title: z.string(), description: z.string(), steps: z.array(step), when })).default([]),
})

const schema = z.object({
  contributes,
  capabilities: z
    .object({ untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()).default([]) }) })
    .default({ untrustedWorkspaces: { restrictedConfigurations: [] } }),
})

export type ExtensionManifest = z.infer<typeof schema>

/** Errors: zod's, for what VS Code would not take either. */
export function parseExtensionManifest(json: unknown): ExtensionManifest {
  return schema.parse(json)
}

/** The extension's commands that a key runs: its own, those of a list, and those that they run in turn. */
export function commandsOfKey({ command, args }: ExtensionManifest['contributes']['keybindings'][number]): readonly string[] {
  if (command !== 'runCommands') return [command]
  const listed = (args?.commands ?? []).flatMap((each) => (typeof each === 'string' ? [each] : [each.command, each.args?.run]))
  return listed.filter((id) => id?.startsWith('pocker.') === true).flatMap((id) => id ?? [])
}

/** The settings by their names. */
export function settingsOf({ contributes }: ExtensionManifest): Readonly<Record<string, z.infer<typeof setting>>> {
  const parts = Array.isArray(contributes.configuration) ? contributes.configuration : [contributes.configuration]
  return Object.assign({}, ...parts.map(({ properties }) => properties))
}
