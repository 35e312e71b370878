/** Whether package.json, its texts and the code tell the same story: a menu of a command that nobody registers is only found by who clicks it. */

import { checkTexts } from './check-texts.ts'
import { commandsOfKey, type ExtensionManifest, settingsOf } from './extension-manifest.ts'
import { conditionsOf } from './when-clause.ts'

export interface Code {
  /** `COMMANDS` of src/commands/ids.ts. */
  readonly commands: readonly string[]
  /** `CONTEXTS` of src/commands/contexts.ts. */
  readonly contexts: readonly string[]
  /** The sources that use them, without these two lists and without tests. */
  readonly sources: readonly string[]
}

export interface Contributions {
  readonly manifest: ExtensionManifest
  /** package.json as it is. */
  readonly text: string
  /** package.nls.json. */
  readonly texts: Readonly<Record<string, string>>
  readonly code: Code
}

/** Context keys of VS Code that our clauses may ask for. */
const editorKeys = new Set(
  `view viewItem focusedView listFocus listMultiSelection inputFocus resourceScheme resourceFilename resourceLangId resourceExtname
   explorerResourceIsFolder editorLangId editorTextFocus editorFocus terminalFocus isWorkspaceTrusted workspaceFolderCount isWeb isLinux isMac isWindows
   remoteName virtualWorkspace activeEditor sideBarFocus`.split(/\s+/),
)

/** Settings that a folder may bring along, because nothing runs by them and nothing is reached by them; each with what it may do. */
const workspaceSettings: Readonly<Record<string, string>> = {
  'pocker.containers.groupBy': 'says how rows are arranged',
  'pocker.containers.groupByLabel': 'says how rows are arranged',
  'pocker.containers.sortBy': 'says how rows are arranged',
  'pocker.containers.badge': 'says what a number counts',
}

/** One line for each thing that does not fit. */
export function checkContributions(contributions: Contributions): string[] {
  return [
    ...checkCommands(contributions),
    ...checkReferences(contributions),
    ...listClauses(contributions.manifest).flatMap(({ where, clause }) => checkClause(contributions, { where, clause })),
    ...checkSettings(contributions.manifest),
    ...checkTexts(contributions),
  ]
}

function checkCommands({ manifest, code }: Contributions): string[] {
  const contributed = manifest.contributes.commands.map(({ command }) => command)
  return [
    ...listTwice(contributed).map((id) => `the command ${id} is contributed twice`),
    ...contributed.filter((id) => !code.commands.includes(id)).map((id) => `the command ${id} is not in src/commands/ids.ts`),
    ...code.commands
      .filter((id) => !contributed.includes(id))
      .map((id) => `the command ${id} of src/commands/ids.ts is not in package.json`),
    ...code.commands.filter((id) => !isUsed(id, code)).map((id) => `the command ${id} is registered nowhere in src/`),
    ...code.contexts.filter((key) => !isUsed(key, code)).map((key) => `the context ${key} is set nowhere in src/`),
    ...listViews(manifest)
      .filter((id) => !isUsed(id, code))
      .map((id) => `the view ${id} is provided nowhere in src/`),
  ]
}

function checkReferences({ manifest, texts }: Contributions): string[] {
  const { commands, menus, submenus, keybindings, views, viewsContainers, viewsWelcome, walkthroughs } = manifest.contributes
  const ids = new Set(commands.map(({ command }) => command))
  const submenuIds = submenus.map(({ id }) => id)
  const containers = new Set(Object.values(viewsContainers).flatMap((list) => list.map(({ id }) => id)))
  // VS Code has a command for each view that goes to it.
  const ofViews = new Set(listViews(manifest).map((view) => `${view}.focus`))
  const unknownCommand = (id: string): boolean => id.startsWith('pocker.') && !ids.has(id) && !ofViews.has(id)
  const items = Object.entries(menus).flatMap(([menu, list]) => list.map((item) => ({ menu, item })))
  const linked = [
    ...viewsWelcome.map(({ contents }) => contents),
    ...walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
  ]
  const links = linked.flatMap((text) => [...resolve(text, texts).matchAll(/\(command:([\w.]+)/g)].map((match) => match[1] ?? ''))
  const events = walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents))
  return [
    ...items.flatMap(({ menu, item }) =>
      [item.command, item.alt]
        .filter((id) => id !== undefined && !ids.has(id))
        .map((id) => `the menu ${menu} has the command ${id}, which is not contributed`),
    ),
    ...items
      .filter(({ item }) => item.submenu !== undefined && !submenuIds.includes(item.submenu))
      .map(({ menu, item }) => `the menu ${menu} has the submenu ${item.submenu}, which is not contributed`),
    ...Object.keys(menus)
      .filter((menu) => menu.startsWith('pocker.') && !submenuIds.includes(menu))
      .map((menu) => `the menu ${menu} is no submenu that is contributed`),
    ...submenuIds.filter((id) => menus[id] === undefined).map((id) => `the submenu ${id} is empty`),
    ...keybindings.flatMap((binding) =>
      commandsOfKey(binding)
        .filter((id) => !ids.has(id))
        .map((id) => `the key ${binding.key} is for the command ${id}, which is not contributed`),
    ),
    ...Object.keys(views)
      .filter((container) => container.startsWith('pocker') && !containers.has(container))
      .map((container) => `views are in ${container}, which is no container that is contributed`),
    ...viewsWelcome
      .filter(({ view }) => !listViews(manifest).includes(view))
      .map(({ view }) => `a welcome text is for ${view}, which is no view`),
    ...links.filter(unknownCommand).map((id) => `a text has a link to the command ${id}, which is not contributed`),
    ...events
      .map((event) => /^onCommand:(.*)$/.exec(event)?.[1] ?? '')
      .filter(unknownCommand)
      .map((id) => `a step ends by the command ${id}, which is not contributed`),
    ...events
      .map((event) => /^onView:(.*)$/.exec(event)?.[1])
      .filter((view) => view !== undefined && !listViews(manifest).includes(view))
      .map((view) => `a step ends by the view ${view}, which is no view`),
  ]
}

interface Clause {
  readonly where: string
  readonly clause: string
}

function listClauses({ contributes }: ExtensionManifest): Clause[] {
  const found: { where: string; clause: string | undefined }[] = [
    ...contributes.commands.map(({ command, enablement }) => ({ where: command, clause: enablement })),
    ...Object.entries(contributes.menus).flatMap(([menu, list]) => list.map((item) => ({ where: menu, clause: item.when }))),
    ...contributes.keybindings.map(({ key, when }) => ({ where: `the key ${key}`, clause: when })),
    ...Object.values(contributes.views).flatMap((list) => list.map(({ id, when }) => ({ where: id, clause: when }))),
    ...contributes.viewsWelcome.flatMap((welcome) =>
      [welcome.when, welcome.enablement].map((clause) => ({ where: `a welcome text of ${welcome.view}`, clause })),
    ),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ id, when }) => ({ where: `the step ${id}`, clause: when }))),
    ...contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ id, completionEvents }) =>
        completionEvents.map((event) => ({ where: `the end of the step ${id}`, clause: /^onContext:(.*)$/.exec(event)?.[1] })),
      ),
    ),
  ]
  return found.flatMap(({ where, clause }) => (clause === undefined ? [] : [{ where, clause }]))
}

function checkClause({ manifest, code }: Contributions, { where, clause }: Clause): string[] {
  const settings = settingsOf(manifest)
  return conditionsOf(clause).flatMap(({ key, operator, value }) => {
    const say = (what: string): string[] => [`${where}: "${clause}": ${what}`]
    if (operator === '=~' && !isPattern(value)) return say(`${value} is no regular expression`)
    if (key === 'view' || key === 'focusedView') {
      return operator === '==' && !listViews(manifest).includes(value) ? say(`${value} is no view`) : []
    }
    if (key.startsWith('config.pocker.'))
      return settings[key.slice('config.'.length)] === undefined ? say(`there is no setting ${key}`) : []
    if (key.startsWith('config.') || key === 'true' || key === 'false' || editorKeys.has(key)) return []
    return code.contexts.includes(key) ? [] : say(`nobody sets ${key}`)
  })
}

function isPattern(text: string): boolean {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? []
  if (source === undefined) return false
  try {
    new RegExp(source, flags)
    return true
  } catch {
    // What RegExp does not take.
    return false
  }
}

function checkSettings(manifest: ExtensionManifest): string[] {
  const settings = settingsOf(manifest)
  const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces
  return [
    ...restrictedConfigurations
      .filter((name) => settings[name] === undefined)
      .map((name) => `restrictedConfigurations has ${name}, which is no setting`),
    ...Object.entries(settings).flatMap(([name, { scope, description, markdownDescription }]) => [
      ...(description === undefined && markdownDescription === undefined ? [`the setting ${name} has no description`] : []),
      ...(scope === undefined ? [`the setting ${name} has no scope`] : []),
      // A machine-overridable one is set by a folder, too.
      ...(scope !== 'machine' && scope !== 'application' && workspaceSettings[name] === undefined
        ? [`a folder could set ${name}: give it the scope machine, or say in scripts/contributions/check-contributions.ts why it may`]
        : []),
    ]),
  ]
}

function listViews({ contributes }: ExtensionManifest): string[] {
  return Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id))
}

function isUsed(id: string, code: Code): boolean {
  return code.sources.some((source) => source.includes(`'${id}'`))
}

function listTwice(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index)
}

function resolve(text: string, texts: Readonly<Record<string, string>>): string {
  const key = /^%(.+)%$/.exec(text)?.[1]
  return key === undefined ? text : (texts[key] ?? '')
}
