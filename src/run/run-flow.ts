/** `Pocker: Run` from the first question to a running container. */
import * as l10n from '@vscode/l10n'
import type { CreateRequest } from '../../helper/api/container.ts'
import type { Host } from '../hosts/host.ts'
import type { WithLogin } from '../registry/with-login.ts'
import { plainText } from '../text/plain-text.ts'
import type { RunAnswers } from './answers.ts'
import { createRequest } from './create-request.ts'
import type { ProbePort } from './free-port.ts'
import type { ImageFacts } from './image-facts.ts'
import { imageFacts } from './image-facts.ts'
import { isImageId, parseImageName } from './names.ts'
import type { Prefilled, Surroundings } from './prefill.ts'
import { prefill, refresh, workspaceMount } from './prefill.ts'
import { pullImage } from './pull-image.ts'
import { reviewLoop } from './review-loop.ts'
import { canPublish, findImage, inUse, localImages } from './run-engine.ts'
import type { Store } from './run-memory.ts'
import { forgetPreset, forgetRun, presets, recentRuns, rememberRun } from './run-memory.ts'
import type { RunUi } from './run-ui.ts'
import { startRun } from './start-run.ts'
import type { Choice } from './what-to-run.ts'
import { choiceOf, choiceRows, typedRow } from './what-to-run.ts'

/** What the flow needs of the rest. */
export interface RunParts {
  readonly ui: RunUi
  readonly hosts: () => readonly Host[]
  readonly store: Store
  /** The open folder that the host's engine can see and the user trusts. */
  readonly workspaceOf: (host: Host) => string | undefined
  readonly probeOf: (host: Host) => ProbePort
  /** An error in words, for the row that failed. */
  readonly words: (error: unknown) => string
  /** Milliseconds, for what takes so long that nobody may be waiting any more. */
  readonly now: () => number
  /** See `PullParts`. */
  readonly login?: WithLogin
}

/** Where the flow begins. */
export interface RunStart {
  readonly host?: Host
  readonly image?: string
  /** A folder of the machine to mount instead of the open one. */
  readonly folder?: string
  /** Without any question. */
  readonly withDefaults?: boolean
}

export interface Started {
  readonly host: Host
  readonly containerId: string
  readonly answers: RunAnswers
  readonly facts: ImageFacts
}

/** After a longer wait a list that opens by itself would take the keys of whoever types elsewhere. */
const PATIENCE = 10_000

/** Asks, pulls, shows the review and runs. Nothing when it was left. Errors: EngineError, TransferFailed before the review. */
export async function runFlow(parts: RunParts, start: RunStart): Promise<Started | undefined> {
  let host = start.host ?? (await chooseHost(parts))
  while (host !== undefined) {
    const choice: Choice | undefined = start.image === undefined ? await chooseWhat(parts, host) : { kind: 'image', image: start.image }
    if (choice === undefined) return undefined
    const prepared = await prepare(parts, host, choice, start)
    if (prepared === undefined) return undefined
    if (start.withDefaults === true) return await run(parts, { ...prepared, host }, prepared.answers)
    const began = host
    const outcome = await reviewLoop({
      ...parts,
      ...prepared,
      host,
      canGoBack: start.image === undefined,
      run: (answers) => run(parts, { ...prepared, host: began }, answers),
    })
    if (outcome.kind === 'done') return outcome.result
    if (outcome.kind === 'left') return undefined
    if (outcome.kind === 'host') host = (await chooseHost(parts)) ?? host
  }
  return undefined
}

/** The request of a run: what the answers say, over an empty one. */
export function requestOf(answers: RunAnswers): CreateRequest {
  return createRequest(answers)
}

async function run(parts: RunParts, { host, facts }: { host: Host; facts: ImageFacts }, answers: RunAnswers): Promise<Started> {
  const containerId = await startRun(host, requestOf(answers), answers.name)
  await rememberRun(parts.store, answers)
  return { host, containerId, answers, facts }
}

async function chooseHost({ ui, hosts }: RunParts): Promise<Host | undefined> {
  const ready = hosts().filter(({ state }) => state.kind === 'ready')
  const all = ready.length > 0 ? ready : hosts()
  if (all.length <= 1) return all[0]
  const rows = all.map(({ id, label, kind }) => ({ id, label: plainText(label), description: kind, icon: 'server' }))
  const answer = await ui.pick({ title: l10n.t('Run'), placeholder: l10n.t('On which host?'), rows })
  return answer.kind === 'picked' ? all.find(({ id }) => id === answer.id) : undefined
}

async function chooseWhat({ ui, store }: RunParts, host: Host): Promise<Choice | undefined> {
  const images = await localImages(host)
  for (;;) {
    const choices = { recent: recentRuns(store), presets: presets(store), images, host: host.label }
    const answer = await ui.pick({
      title: l10n.t('Run: what?'),
      placeholder: l10n.t('Choose, or type a name to pull, e.g. nginx:1.27'),
      rows: choiceRows(choices),
      step: { at: 1, of: 2 },
      typed: (text) => typedRow(text, images),
    })
    if (answer.kind === 'back' || answer.kind === 'left') return undefined
    const choice = choiceOf(choices, answer.id)
    if (answer.kind === 'picked' && choice !== undefined) return choice
    if (answer.kind === 'button' && choice?.kind === 'preset') await forgetPreset(store, choice.preset.name)
    if (answer.kind === 'button' && choice?.kind === 'recent') await forgetRun(store, choice.answers)
  }
}

interface Prepared extends Prefilled {
  readonly facts: ImageFacts
  readonly around: Surroundings
}

async function prepare(parts: RunParts, host: Host, choice: Choice, start: RunStart): Promise<Prepared | undefined> {
  const earlier = choice.kind === 'recent' ? choice.answers : choice.kind === 'preset' ? choice.preset.answers : undefined
  const image = earlier?.image ?? (choice.kind === 'image' ? choice.image : '')
  const facts = await lookAt(parts, host, image)
  if (facts === undefined) return undefined
  const { names, taken } = await inUse(host)
  const workspace = start.folder ?? parts.workspaceOf(host)
  const around: Surroundings = {
    names,
    taken,
    probe: parts.probeOf(host),
    canPublish: facts.ports.length === 0 && (earlier?.ports.length ?? 0) === 0 ? true : await canPublish(host),
    ...(workspace === undefined ? {} : { workspace }),
  }
  const filled = earlier === undefined ? await prefill(image, facts, around) : await refresh(earlier, around)
  return { ...filled, answers: withFolder(filled.answers, start.folder), facts, around }
}

function withFolder(answers: RunAnswers, folder: string | undefined): RunAnswers {
  const workspace = workspaceMount(folder)
  return workspace === undefined ? answers : { ...answers, workspace, workingDirectory: workspace.target }
}

/** The image's own words, after a pull where the host does not have it. */
async function lookAt({ ui, now, login }: RunParts, host: Host, image: string): Promise<ImageFacts | undefined> {
  const found = await findImage(host.client, image)
  if (found !== undefined) return imageFacts(found)
  const name = parseImageName(image)
  if ('problem' in name || isImageId(image)) return undefined
  const began = now()
  if (!(await pullImage({ client: host.client, ui, ...(login === undefined ? {} : { login }) }, name.value))) return undefined
  if (now() - began > PATIENCE && !(await ui.offer(l10n.t('{0} is here.', plainText(image)), l10n.t('Run…')))) return undefined
  const pulled = await findImage(host.client, image)
  return pulled === undefined ? undefined : imageFacts(pulled)
}
