/** The row "Processes" below a container that runs, and its processes below that: what a process has started is below it. */
import * as l10n from '@vscode/l10n'
import { type ContainerRef, containerRefOf, containerRowOf } from '../../commands/refs.ts'
import { sentenceOf } from '../../errors/words.ts'
import { Emitter } from '../../events/emitter.ts'
import { isLive } from '../../model/container-state.ts'
import { plainText } from '../../text/plain-text.ts'
import type { ChildRow, ContainerChildren } from '../../views/child-rows.ts'
import type { ItemLook } from '../../views/item-look.ts'
import { countProcesses, listProcesses, type ProcessRow } from './process-list.ts'

/** The row itself; commands get it. */
interface ProcessesRow extends ChildRow, ContainerRef {
  look: ItemLook
}

export class ProcessRows implements ContainerChildren {
  readonly #changed = new Emitter<ChildRow | ContainerRef>()
  readonly onDidChange = this.#changed.event

  /** One row, with how many there are. They are listed anew each time that it is unfolded. */
  async rows(ref: ContainerRef): Promise<readonly ChildRow[]> {
    const row = containerRowOf(ref)
    if (row === undefined || !isLive(row) || ref.host.state.kind !== 'ready') return []
    const made: ProcessesRow = {
      host: ref.host,
      containerId: ref.containerId,
      look: groupLook(await count(ref)),
      children: async () => {
        const processes = await listProcesses(ref.host.client, ref.containerId)
        const look = groupLook(countProcesses(processes))
        if (look.label !== made.look.label) {
          made.look = look
          // Behind this answer: the redrawn row asks for its children again, and gets as many.
          setImmediate(() => this.#changed.fire(made))
        }
        return processes.map(processRow)
      },
    }
    return [made]
  }

  /** Lists the processes of a row that `rows` has made anew. */
  refresh(item: unknown): void {
    const ref = containerRefOf(item)
    if (isProcessesRow(item)) this.#changed.fire(item)
    else if (ref !== undefined) this.#changed.fire(ref)
  }

  dispose(): void {
    this.#changed.dispose()
  }
}

async function count({ host, containerId }: ContainerRef): Promise<number | string> {
  try {
    return countProcesses(await listProcesses(host.client, containerId))
  } catch (error) {
    return sentenceOf(error)
  }
}

/** `count` is a sentence where they cannot be counted. */
function groupLook(count: number | string): ItemLook {
  const isCounted = typeof count === 'number'
  return {
    id: 'processes',
    label: isCounted ? l10n.t('Processes ({0})', count) : l10n.t('Processes'),
    ...(isCounted ? {} : { description: count }),
    icon: { name: 'server-process' },
    flags: ['processes'],
    fold: 'folded',
  }
}

function processRow(process: ProcessRow): ChildRow {
  const { pid, user, time, command, children } = process
  const label = plainText(command, 120)
  const used = time === '' ? [] : [l10n.t('CPU {0}', plainText(time, 20))]
  const description = [plainText(user, 40), l10n.t('pid {0}', pid), ...used].filter((fact) => fact !== '').join(' · ')
  return {
    look: {
      id: String(pid),
      label,
      description,
      icon: { name: 'circle-small-filled' },
      tooltip: plainText(command, 2000),
      flags: ['process'],
      spoken: `${label}, ${description}`,
      ...(children.length > 0 ? { fold: 'open' } : {}),
    },
    ...(children.length > 0 ? { children: async () => children.map(processRow) } : {}),
  }
}

function isProcessesRow(item: unknown): item is ProcessesRow {
  return typeof item === 'object' && item !== null && 'look' in item && 'children' in item
}
