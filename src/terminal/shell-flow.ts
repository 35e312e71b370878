/** Which shell somebody gets who asks for one, and what is said where there is none. */
import * as l10n from '@vscode/l10n'
import type { Ask } from '../ask/ask.ts'
import type { ContainerRef } from '../commands/refs.ts'
import { InWords } from '../errors/in-words.ts'
import type { ContainerFacts } from './container-requests.ts'
import type { ExecSpec } from './exec-requests.ts'
import { containerFacts, offerStart, runningContainer } from './running-container.ts'
import type { Shells } from './shells.ts'
import { labelOf } from './terminal-name.ts'

export interface ShellParts {
  readonly ask: Ask
  readonly shells: Shells
}

/** An exec to be opened. */
export interface ChosenExec {
  readonly ref: ContainerRef
  readonly container: ContainerFacts
  readonly spec: ExecSpec
  /** For the tab. */
  readonly label: string
}

/** What is asked for besides the shell itself; left out, it is the container's. */
export type ExecWishes = Partial<Omit<ExecSpec, 'isToolbox'>>

/** The best shell, or the command that is wished for. Nothing when the user left. Errors: EngineError; InWords `no-shell`. */
export async function chooseShell(parts: ShellParts, ref: ContainerRef, wishes: ExecWishes = {}): Promise<ChosenExec | undefined> {
  const container = await runningContainer(parts.ask, ref)
  if (container === undefined) return undefined
  const { command = [], user = '', folder = '', environment = [], isPrivileged = false } = wishes
  const found = command.length > 0 ? command[0] : await parts.shells.find(ref.host, container, user === '' ? container.user : user)
  if (found === undefined) return await offerToolbox(parts, { ref, container })
  const words = command.length > 0 ? command : [found]
  const spec = { command: words, user, folder, environment, isPrivileged, isToolbox: false }
  return { ref, container, spec, label: labelOf(words) }
}

/** A shell with the machine's programs. Nothing when the user left. Errors: EngineError; InWords `no-toolbox`. */
export async function chooseToolbox({ ask }: Pick<ShellParts, 'ask'>, ref: ContainerRef): Promise<ChosenExec | undefined> {
  const { host } = ref
  if (!hasToolbox(ref)) {
    const engine = host.state.kind === 'ready' ? host.state.engine.name : host.label
    throw new InWords('no-toolbox', l10n.t('{0} has no toolbox shells: only Pocker can put programs beside a container’s own.', engine))
  }
  const container = await runningContainer(ask, ref)
  return container === undefined ? undefined : toolboxIn({ ref, container })
}

/** A main process to attach to. */
export interface ChosenMain {
  readonly container: ContainerFacts
  /** `start`: the container is to be started, once somebody listens. */
  readonly first: 'start' | 'resume'
}

/** The main process of a container, running or to be started. Nothing when the user left. Errors: EngineError. */
export async function chooseMain(ask: Ask, ref: ContainerRef): Promise<ChosenMain | undefined> {
  const facts = await containerFacts(ref)
  if (!facts.isRunning) return (await offerStart(ask, facts)) ? { container: facts, first: 'start' } : undefined
  const container = await runningContainer(ask, ref) // it may be paused
  return container === undefined ? undefined : { container, first: 'resume' }
}

async function offerToolbox({ ask }: ShellParts, place: Pick<ChosenExec, 'ref' | 'container'>): Promise<ChosenExec | undefined> {
  if (!hasToolbox(place.ref))
    throw new InWords('no-shell', l10n.t('This image has no shell, and its engine has no toolbox to look into it with.'))
  const wanted = await ask.offer(l10n.t('This image has no shell.'), l10n.t('Open a Toolbox Shell'))
  return wanted ? toolboxIn(place) : undefined
}

function toolboxIn({ ref, container }: Pick<ChosenExec, 'ref' | 'container'>): ChosenExec {
  const spec = { command: [], user: '', folder: '', environment: [], isPrivileged: false, isToolbox: true }
  return { ref, container, spec, label: l10n.t('toolbox') }
}

function hasToolbox({ host }: ContainerRef): boolean {
  return host.state.kind === 'ready' && host.state.engine.isPocker
}
