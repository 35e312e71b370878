/** Changing one row of the review. Every function gives back the answers as they are then. */

import * as l10n from '@vscode/l10n'
import type { Ask } from '../ask/ask.ts'
import type { NetworkRow } from '../model/rows.ts'
import { problemOf } from '../text/checked.ts'
import { plainText } from '../text/plain-text.ts'
import { joinWords, splitWords } from '../text/shell-words.ts'
import type { RunAnswers } from './answers.ts'
import { editList } from './edit-list.ts'
import { nameOf, parseVariable, withVariable } from './environment.ts'
import { memoryText, parseCpus, parseMemory, parseProcesses } from './limits.ts'
import { parseContainerName } from './names.ts'
import { parsePort, portText } from './port-spec.ts'
import { workspaceMount } from './prefill.ts'
import { RESTARTS, restartWords } from './restart-words.ts'
import { publishes, type Review } from './review-rows.ts'
import type { RunUi } from './run-ui.ts'

/** What the editors need to know besides the review. */
export interface EditFacts {
  readonly names: ReadonlySet<string>
  readonly networks: () => Promise<readonly NetworkRow[]>
}

/** Asks for a name. */
export async function editName(ui: RunUi, answers: RunAnswers, names: ReadonlySet<string>): Promise<RunAnswers> {
  const check = (text: string) => problemOf(parseContainerName(text, names))
  const text = await ui.input({ title: l10n.t('Name'), prompt: l10n.t('Empty: the host chooses one.'), value: answers.name, check })
  return text === undefined ? answers : { ...answers, name: text.trim() }
}

/** Asks for a command line; empty is the image's. */
export async function editCommand(ui: RunUi, { answers, facts }: Review): Promise<RunAnswers> {
  const text = await ui.input({
    title: l10n.t('Command'),
    prompt: l10n.t('As in a shell, but without variables. Empty: the image’s.'),
    value: joinWords(answers.command ?? facts.command),
    placeholder: joinWords(facts.command),
    check: (line) => problemOf(splitWords(line)),
  })
  if (text === undefined) return answers
  const { command: _image, ...rest } = answers
  const words = splitWords(text)
  if ('problem' in words || words.value.length === 0) return rest
  return joinWords(words.value) === joinWords(facts.command) ? rest : { ...answers, command: words.value }
}

/** Lets ports be added, changed and removed; where none can be published, the host's network is offered. */
export async function editPorts(ui: RunUi, review: Review): Promise<RunAnswers> {
  const { answers, facts, canPublish } = review
  if (!publishes(review)) return await offerNetworks(ui, answers, canPublish)
  const texts = await editList(ui, {
    title: l10n.t('Ports'),
    prompt: l10n.t('machine:container. Only this machine reaches it; *:8080:80 opens it to others.'),
    placeholder: '8080:80',
    entries: answers.ports.map(portText),
    check: (text) => problemOf(parsePort(text)),
    offered: {
      heading: l10n.t('the image listens on'),
      entries: facts.ports.map(({ container, protocol }) => portText({ container, protocol, host: container, address: '127.0.0.1' })),
    },
  })
  const ports = texts.flatMap((text) => {
    const port = parsePort(text)
    return 'value' in port ? [port.value] : []
  })
  return { ...answers, ports }
}

async function offerNetworks(ui: RunUi, answers: RunAnswers, canPublish: boolean): Promise<RunAnswers> {
  const answer = await ui.pick({
    title: l10n.t('Ports'),
    placeholder: canPublish
      ? l10n.t('Ports are published by a network of its own.')
      : l10n.t('This container’s ports can be reached only if it shares the host’s network.'),
    rows: [
      ...(canPublish
        ? [
            {
              id: 'default',
              icon: 'plug',
              label: l10n.t('Give it a network'),
              description: l10n.t('the default one; its ports can be published'),
            },
          ]
        : []),
      {
        id: 'host',
        icon: 'globe',
        label: l10n.t('Share the host’s network'),
        description: l10n.t('its ports are the host’s, nothing is separated'),
      },
      ...(canPublish && answers.network !== 'none'
        ? []
        : [
            {
              id: canPublish ? 'none' : 'default',
              icon: 'lock',
              label: l10n.t('Keep it apart'),
              description: l10n.t('nothing reaches it'),
            },
          ]),
    ],
    active: answers.network === 'host' ? 'host' : answers.network === 'none' && canPublish ? 'none' : 'default',
    canGoBack: true,
  })
  if (answer.kind !== 'picked') return answers
  return { ...answers, network: answer.id === 'default' ? '' : answer.id }
}

/** Mounts the open folder, or does not. */
export function toggleWorkspace(answers: RunAnswers, folder: string | undefined): RunAnswers {
  const { workspace: mounted, ...rest } = answers
  // The working directory went there with the mount, and goes back with it.
  if (mounted !== undefined) return { ...rest, workingDirectory: rest.workingDirectory === mounted.target ? '' : rest.workingDirectory }
  const workspace = workspaceMount(folder)
  if (workspace === undefined) return answers
  return {
    ...answers,
    workspace,
    workingDirectory: answers.workingDirectory === '' && answers.terminal ? workspace.target : answers.workingDirectory,
  }
}

/** Lets variables be added, changed and removed; the image's can be taken over. */
export async function editEnvironment(ui: RunUi, { answers, facts }: Review): Promise<RunAnswers> {
  const own = new Set(answers.environment.map(nameOf))
  const environment = await editList(ui, {
    title: l10n.t('Environment'),
    prompt: l10n.t('NAME=value; NAME alone takes the image’s away.'),
    placeholder: 'NAME=value',
    entries: answers.environment,
    check: (text) => problemOf(parseVariable(text)),
    offered: { heading: l10n.t('from the image'), entries: facts.environment.filter((entry) => !own.has(nameOf(entry))) },
    add: withVariable,
  })
  return { ...answers, environment }
}

/** Asks for the limits one by one. */
export async function editLimits(ui: Ask, answers: RunAnswers): Promise<RunAnswers> {
  const { memory, cpus, processes } = answers.limits
  const answer = await ui.pick({
    title: l10n.t('Limits'),
    placeholder: l10n.t('What may it use at most?'),
    rows: [
      { id: 'memory', icon: 'chip', label: l10n.t('Memory'), description: memory === undefined ? l10n.t('no limit') : memoryText(memory) },
      { id: 'cpus', icon: 'dashboard', label: l10n.t('CPUs'), description: cpus === undefined ? l10n.t('no limit') : String(cpus) },
      {
        id: 'processes',
        icon: 'list-tree',
        label: l10n.t('Processes'),
        description: processes === undefined ? l10n.t('the host’s default') : String(processes),
      },
    ],
    canGoBack: true,
  })
  if (answer.kind !== 'picked') return answers
  const [parse, value] = limitOf(answers, answer.id)
  const text = await ui.input({
    title: l10n.t('Limits'),
    prompt: l10n.t('Empty: no limit.'),
    value,
    placeholder: '512m',
    check: (line) => problemOf(parse(line)),
  })
  if (text === undefined) return answers
  const read = parse(text)
  if ('problem' in read) return answers
  const others = Object.fromEntries(Object.entries(answers.limits).filter(([name]) => name !== answer.id))
  return await editLimits(ui, { ...answers, limits: read.value === undefined ? others : { ...others, [answer.id]: read.value } })
}

function limitOf({ limits }: RunAnswers, id: string): readonly [parse: typeof parseMemory, value: string] {
  switch (id) {
    case 'memory':
      return [parseMemory, limits.memory === undefined ? '' : memoryText(limits.memory)]
    case 'cpus':
      return [parseCpus, limits.cpus === undefined ? '' : String(limits.cpus)]
    default:
      return [parseProcesses, limits.processes === undefined ? '' : String(limits.processes)]
  }
}

/** Asks what happens when it ends. */
export async function editRestart(ui: RunUi, answers: RunAnswers): Promise<RunAnswers> {
  const rows = RESTARTS.map((id) => ({ id, label: id, description: restartWords(id), icon: 'refresh' }))
  const answer = await ui.pick({
    title: l10n.t('Restart'),
    placeholder: l10n.t('What happens when it ends?'),
    rows: [...rows, { id: 'remove', label: l10n.t('remove it'), description: l10n.t('with what it wrote'), icon: 'trash' }],
    active: answers.removeAtEnd ? 'remove' : answers.restart,
    canGoBack: true,
  })
  if (answer.kind !== 'picked') return answers
  // An engine refuses both at once.
  if (answer.id === 'remove') return { ...answers, restart: 'no', removeAtEnd: true }
  const restart = RESTARTS.find((name) => name === answer.id)
  return restart === undefined ? answers : { ...answers, restart, removeAtEnd: false }
}

/** Asks for a network: none, the host's, or one of the engine's. */
export async function editNetwork(ui: RunUi, answers: RunAnswers, facts: EditFacts): Promise<RunAnswers> {
  const own = (await facts.networks()).filter(({ isPredefined }) => !isPredefined)
  const answer = await ui.pick({
    title: l10n.t('Network'),
    placeholder: l10n.t('What can it reach, and who reaches it?'),
    rows: [
      { id: 'mode ', label: 'default', description: l10n.t('reaches out; what is published is reached'), icon: 'globe' },
      ...own.map((row) => ({ id: `mode ${row.name}`, label: plainText(row.name), description: ownText(row), icon: 'type-hierarchy' })),
      { id: 'mode none', label: 'none', description: l10n.t('only itself'), icon: 'lock' },
      { id: 'mode host', label: 'host', description: l10n.t('the machine’s, not separated'), icon: 'warning' },
    ],
    active: `mode ${answers.network}`,
    canGoBack: true,
  })
  return answer.kind === 'picked' ? { ...answers, network: answer.id.slice('mode '.length) } : answers
}

function ownText({ subnets, isInternal }: NetworkRow): string {
  const words = isInternal ? l10n.t('internal: only what is in it') : l10n.t('with names for what is in it')
  return [...subnets.map((subnet) => plainText(subnet, 50)), words].join(' · ')
}
