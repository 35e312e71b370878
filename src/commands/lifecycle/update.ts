/** "Limits and Restart…": what can be changed of a container without making it anew. */
import * as l10n from '@vscode/l10n'
import type { ContainerUpdate } from '../../../helper/api/container.ts'
import type { PickRow } from '../../ask/ask.ts'
import { InWords } from '../../errors/in-words.ts'
import type { RestartName, RunAnswers } from '../../run/answers.ts'
import { editLimits } from '../../run/edit-answers.ts'
import { containerInspectSchema, fromContainer } from '../../run/from-container.ts'
import { limitsText } from '../../run/limits.ts'
import { RESTARTS, restartWords } from '../../run/restart-words.ts'
import { chooseContainers } from '../choose.ts'
import { containerRefOf } from '../refs.ts'
import { type LifecycleParts, nameOf, pathOf } from './on-containers.ts'

type Changeable = Pick<RunAnswers, 'limits' | 'restart'>

/** Shows what it has, lets it be changed, and tells the engine. Errors: EngineError, InWords `limit-cannot-go`. */
export async function updateFlow(parts: LifecycleParts, item: unknown): Promise<void> {
  const { ask } = parts
  const [ref] = (await chooseContainers(parts, containerRefOf(item), undefined, { title: l10n.t('Limits and Restart') })).refs
  if (ref === undefined) return
  const path = pathOf(ref.containerId)
  const container = await ref.host.client.ask('GET', `${path}/json`, containerInspectSchema)
  const before = fromContainer(container, {}, { isPocker: false }).answers
  let answers = before
  let active = 'limits'
  for (;;) {
    const rows = updateRows(before, answers)
    const title = l10n.t('Limits and Restart of “{0}”', nameOf(ref))
    const answer = await ask.pick({ title, placeholder: l10n.t('Choose a row to change it; the first one applies it'), rows, active })
    if (answer.kind !== 'picked') return
    active = 'apply'
    if (answer.id === 'limits') answers = await editLimits(ask, answers)
    else if (answer.id === 'restart') answers = await editRestart(parts, answers)
    else break
  }
  const update = updateOf(before, answers)
  if (update !== undefined) await parts.busy(() => ref.host.client.tell('POST', `${path}/update`, { body: update }))
}

function updateRows(before: Changeable, answers: Changeable): readonly PickRow[] {
  const isChanged = JSON.stringify([before.limits, before.restart]) !== JSON.stringify([answers.limits, answers.restart])
  return [
    isChanged
      ? { id: 'apply', icon: 'check', label: l10n.t('Apply'), description: l10n.t('at once, also while it runs') }
      : { id: 'apply', icon: 'check', label: l10n.t('Leave it as it is') },
    { id: 'limits', icon: 'dashboard', label: l10n.t('Limits'), description: limitsText(answers.limits) },
    { id: 'restart', icon: 'refresh', label: l10n.t('Restart'), description: restartWords(answers.restart) },
  ]
}

async function editRestart({ ask }: LifecycleParts, answers: RunAnswers): Promise<RunAnswers> {
  const rows = RESTARTS.map((id) => ({ id, label: id, description: restartWords(id), icon: 'refresh' }))
  const question = {
    title: l10n.t('Restart'),
    placeholder: l10n.t('What happens when it ends?'),
    rows,
    active: answers.restart,
    canGoBack: true,
  }
  const answer = await ask.pick(question)
  const restart: RestartName | undefined = answer.kind === 'picked' ? RESTARTS.find((name) => name === answer.id) : undefined
  return restart === undefined ? answers : { ...answers, restart }
}

/** What the engine is to be told; nothing when nothing has changed. Errors: InWords `limit-cannot-go`. */
export function updateOf(before: Changeable, { limits, restart }: Changeable): ContainerUpdate | undefined {
  const { memory, cpus, processes } = before.limits
  // Zero means to an engine that a limit stays as it is.
  if ((memory !== undefined && limits.memory === undefined) || (cpus !== undefined && limits.cpus === undefined)) {
    throw new InWords(
      'limit-cannot-go',
      l10n.t('A limit of memory or CPUs cannot be taken from a container that exists. Raise it, or use Edit and Recreate.'),
    )
  }
  const update: ContainerUpdate = {
    // With the swap that an engine gives to fresh containers: what it has may be less than the new memory, which is refused.
    ...(limits.memory === undefined || limits.memory === memory ? {} : { Memory: limits.memory, MemorySwap: 2 * limits.memory }),
    ...(limits.cpus === undefined || limits.cpus === cpus ? {} : { NanoCpus: Math.round(limits.cpus * 1e9) }),
    ...(limits.processes === processes ? {} : { PidsLimit: limits.processes ?? -1 }),
    ...(restart === before.restart ? {} : { RestartPolicy: { Name: restart } }),
  }
  return Object.keys(update).length === 0 ? undefined : update
}
