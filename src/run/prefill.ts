/** The answers a form begins with. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import type { RunAnswers } from './answers.ts'
import { plainAnswers } from './answers.ts'
import type { ProbePort, TakenPort } from './free-port.ts'
import { suggestPorts } from './free-port.ts'
import type { ImageFacts } from './image-facts.ts'
import { isAbsolute } from './mount-spec.ts'
import { suggestName } from './names.ts'

/** What the form knows of the machine it runs on. */
export interface Surroundings {
  readonly names: ReadonlySet<string>
  readonly taken: readonly TakenPort[]
  readonly probe: ProbePort
  /** False where the engine has no way yet to publish ports. */
  readonly canPublish: boolean
  /** The open folder, where the engine can see it and the user trusts it. */
  readonly workspace?: string
}

export interface Prefilled {
  readonly answers: RunAnswers
  /** Of the ports that are not what one would expect. */
  readonly portNotes: readonly string[]
}

/** Defaults from the image: its ports published for this machine alone, a terminal where it is a shell. */
export async function prefill(image: string, facts: ImageFacts, around: Surroundings): Promise<Prefilled> {
  const suggested = around.canPublish ? await suggestPorts(facts.ports, around.taken, around.probe) : []
  // A shell is there to work with what is open in the editor; a service has no business with it.
  const workspace = facts.isInteractive ? workspaceMount(around.workspace) : undefined
  return {
    answers: {
      ...plainAnswers(image),
      name: suggestName(image, around.names),
      ports: suggested.map(({ port }) => port),
      terminal: facts.isInteractive,
      ...(workspace === undefined ? {} : { workspace, workingDirectory: workspace.target }),
    },
    portNotes: suggested.flatMap(({ note }) => note ?? []),
  }
}

/** Answers of an earlier run, with a name and ports that are free now. */
export async function refresh(earlier: RunAnswers, around: Surroundings): Promise<Prefilled> {
  const isNameTaken = around.names.has(earlier.name)
  const known = earlier.ports.map(({ host, ...port }) => ({ port, host }))
  const portNotes: string[] = []
  const ports: RunAnswers['ports'][number][] = []
  for (const { port, host } of around.canPublish ? known : []) {
    const isFree = host === undefined || (!isHeld(around.taken, host, port.protocol) && (await around.probe(host, port.protocol)) !== false)
    if (isFree) {
      ports.push(host === undefined ? port : { ...port, host })
      continue
    }
    const [found] = await suggestPorts([port], [...around.taken, { port: host, protocol: port.protocol, by: '' }], around.probe)
    ports.push(found?.port ?? port)
    const free = found?.port.host
    portNotes.push(
      free === undefined ? l10n.t('{0} is in use: any free port is taken', host) : l10n.t('{0} is in use: suggested {1}', host, free),
    )
  }
  return { answers: { ...earlier, ports, name: isNameTaken ? suggestName(earlier.image, around.names) : earlier.name }, portNotes }
}

/** Where a folder of the editor's is mounted: `/workspaces/shop`. */
export function workspaceMount(folder: string | undefined): { readonly folder: string; readonly target: string } | undefined {
  if (folder === undefined || !isAbsolute(folder)) return undefined
  const name = posix.basename(posix.normalize(folder))
  return { folder, target: name === '' ? '/workspaces/root' : `/workspaces/${name}` }
}

function isHeld(taken: readonly TakenPort[], port: number, protocol: string): boolean {
  return taken.some((other) => other.port === port && other.protocol === protocol)
}
