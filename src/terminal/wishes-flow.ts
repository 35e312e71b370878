/** A terminal as somebody wants it: a list whose rows can be changed, with what was wanted the last time. */
import * as l10n from '@vscode/l10n'
import type { Ask, PickHeading, PickRow } from '../ask/ask.ts'
import type { ContainerRef } from '../commands/refs.ts'
import { editList } from '../run/edit-list.ts'
import { parseVariable, withVariable } from '../run/environment.ts'
import { problemOf } from '../text/checked.ts'
import { plainText } from '../text/plain-text.ts'
import { joinWords, splitWords } from '../text/shell-words.ts'
import { type Account, parseAccounts } from './accounts.ts'
import { containerFiles } from './container-files.ts'
import type { ContainerFacts } from './container-requests.ts'
import type { Store } from './remembered-terminals.ts'
import { runningContainer } from './running-container.ts'
import { rememberWishes, type TerminalWishes, wishesFor } from './wishes-memory.ts'

export interface WishesParts {
  readonly ask: Ask
  readonly store: Store
}

/** Shows the list until a terminal is wanted; nothing when it was left. Errors: EngineError. */
export async function askWishes({ ask, store }: WishesParts, ref: ContainerRef): Promise<TerminalWishes | undefined> {
  const container = await runningContainer(ask, ref)
  if (container === undefined) return undefined
  const accounts = accountsOf(ref)
  let wishes = wishesFor(store, container.name)
  let active = 'open'
  for (;;) {
    const title = l10n.t('Terminal in {0}', plainText(container.name, 60))
    const placeholder = l10n.t('Enter opens it; choose a row to change it')
    const answer = await ask.pick({ title, placeholder, rows: rowsOf(wishes, container), active })
    if (answer.kind !== 'picked') return undefined
    active = answer.id
    if (answer.id === 'open') break
    wishes = { ...wishes, ...(await change(ask, { row: answer.id, wishes, accounts: await accounts })) }
  }
  await rememberWishes(store, container.name, wishes)
  return wishes
}

function rowsOf({ command, user, folder, environment, isPrivileged }: TerminalWishes, container: ContainerFacts): PickRow[] {
  const theirs = l10n.t('the container’s')
  const own = container.user === '' ? 'root' : plainText(container.user, 60)
  return [
    { id: 'open', icon: 'terminal', label: l10n.t('Open') },
    {
      id: 'command',
      icon: 'code',
      label: l10n.t('Command'),
      description: command.length === 0 ? l10n.t('the best shell there is') : shown(joinWords(command)),
    },
    { id: 'user', icon: 'account', label: l10n.t('User'), description: user === '' ? `${theirs}: ${own}` : shown(user) },
    { id: 'folder', icon: 'folder', label: l10n.t('Folder'), description: folder === '' ? theirs : shown(folder) },
    {
      id: 'environment',
      icon: 'symbol-variable',
      label: l10n.t('Environment'),
      description: environment.length === 0 ? theirs : l10n.t('{0} set besides', environment.length),
    },
    {
      id: 'privileged',
      icon: isPrivileged ? 'unlock' : 'lock',
      label: l10n.t('Privileged'),
      description: isPrivileged ? l10n.t('yes: it may do all that the machine’s root may') : l10n.t('no'),
    },
  ]
}

function shown(text: string): string {
  return plainText(text, 100)
}

interface Change {
  readonly row: string
  readonly wishes: TerminalWishes
  readonly accounts: readonly Account[]
}

async function change(ask: Ask, { row, wishes, accounts }: Change): Promise<Partial<TerminalWishes>> {
  switch (row) {
    case 'command':
      return await changeCommand(ask, wishes)
    case 'user':
      return await changeUser(ask, accounts)
    case 'folder':
      return await changeFolder(ask, wishes)
    case 'environment':
      return { environment: [...(await changeEnvironment(ask, wishes))] }
    case 'privileged':
      return { isPrivileged: !wishes.isPrivileged }
    default:
      return {}
  }
}

async function changeCommand(ask: Ask, { command }: TerminalWishes): Promise<Partial<TerminalWishes>> {
  const text = await ask.input({
    title: l10n.t('Command'),
    prompt: l10n.t('As in a shell, but without variables. Empty: the best shell there is.'),
    value: joinWords(command),
    placeholder: 'bash -l',
    check: (line) => problemOf(splitWords(line)),
  })
  const words = text === undefined ? undefined : splitWords(text)
  return words === undefined || 'problem' in words ? {} : { command: [...words.value] }
}

/** Those that people work as; any other can be typed. */
async function changeUser(ask: Ask, accounts: readonly Account[]): Promise<Partial<TerminalWishes>> {
  const people = accounts.filter(({ uid }) => uid === 0 || (uid >= 1000 && uid < 65_534))
  const rows: (PickRow | PickHeading)[] = [
    { id: '', icon: 'package', label: l10n.t('The container’s own user') },
    ...people.map(({ name, uid, home }) => ({ id: name, icon: 'account', label: shown(name), description: shown(`${uid} · ${home}`) })),
  ]
  const answer = await ask.pick({
    title: l10n.t('User'),
    placeholder: l10n.t('Choose one, or type a name or a number, with a group if you like: 1000:100'),
    rows,
    canGoBack: true,
    typed: (text) => {
      const user = text.trim()
      const isKnown = rows.some((row) => 'id' in row && row.id === user)
      return isKnown || !/^[^\s:]+(:[^\s:]+)?$/.test(user) ? undefined : { id: user, icon: 'edit', label: shown(user) }
    },
  })
  return answer.kind === 'picked' ? { user: answer.id } : {}
}

async function changeFolder(ask: Ask, { folder }: TerminalWishes): Promise<Partial<TerminalWishes>> {
  const text = await ask.input({
    title: l10n.t('Folder'),
    prompt: l10n.t('Where it begins, from the container’s root. Empty: the container’s own working folder.'),
    value: folder,
    placeholder: '/srv/app',
    check: (path) => (path === '' || path.startsWith('/') ? undefined : l10n.t('It begins with a slash.')),
  })
  return text === undefined ? {} : { folder: text }
}

function changeEnvironment(ask: Ask, { environment }: TerminalWishes): Promise<readonly string[]> {
  return editList(ask, {
    title: l10n.t('Environment'),
    prompt: l10n.t('NAME=value, besides the container’s own.'),
    placeholder: 'NAME=value',
    entries: environment,
    check: (text) => problemOf(parseVariable(text)),
    add: withVariable,
  })
}

/** None where they cannot be read: then a user is typed. */
async function accountsOf({ host, containerId }: ContainerRef): Promise<readonly Account[]> {
  try {
    const passwd = await containerFiles(host, containerId).read('/etc/passwd', LARGEST_PASSWD)
    return parseAccounts(passwd?.toString('utf8') ?? '')
  } catch {
    return []
  }
}

const LARGEST_PASSWD = 256 << 10
