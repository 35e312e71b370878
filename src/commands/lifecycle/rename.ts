import * as l10n from '@vscode/l10n'
import { parseContainerName } from '../../run/names.ts'
import { chooseContainers } from '../choose.ts'
import { containerRefOf, containerRowOf } from '../refs.ts'
import { type LifecycleParts, nameOf, pathOf } from './on-containers.ts'

/** Asks for another name, checked while it is typed. Errors: EngineError. */
export async function renameFlow(parts: LifecycleParts, item: unknown): Promise<void> {
  const [ref] = (await chooseContainers(parts, containerRefOf(item), undefined, { title: l10n.t('Rename') })).refs
  if (ref === undefined) return
  const { host, containerId } = ref
  const now = containerRowOf(ref)?.name ?? ''
  const taken = new Set([...host.model.containers.values()].filter(({ id }) => id !== containerId).map(({ name }) => name))
  const name = await parts.ask.input({
    title: l10n.t('Rename “{0}”', nameOf(ref)),
    prompt: l10n.t('Others find it under this name.'),
    value: now,
    check: (text) => {
      const read = parseContainerName(text, taken)
      if ('problem' in read) return read.problem
      return read.value === '' ? l10n.t('It needs a name.') : undefined
    },
  })
  if (name === undefined || name.trim() === now) return
  await host.client.tell('POST', `${pathOf(containerId)}/rename`, { query: { name: name.trim() } })
}
