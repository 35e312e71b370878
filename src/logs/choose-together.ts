/** Which containers' logs are shown as one. */
import * as l10n from '@vscode/l10n'
import type { ChooseParts } from '../commands/choose.ts'
import { containerRefsOf, containerRowOf, refsOf } from '../commands/refs.ts'
import { plainText } from '../text/plain-text.ts'
import type { LogName } from './log-path.ts'
import { projectMembers, projectOf, projectsOf } from './projects.ts'

/** Those of a group's row, or of a selection; otherwise a compose project that is chosen from a list. */
export async function chooseTogether(parts: ChooseParts, item: unknown, selected: unknown): Promise<LogName | undefined> {
  const refs = refsOf(item, selected, containerRefsOf)
  const [first] = refs
  if (first !== undefined) {
    const rows = refs.flatMap((ref) => (ref.host === first.host ? (containerRowOf(ref) ?? []) : []))
    const hostId = first.host.id
    const project = rows[0] === undefined ? undefined : projectOf(rows[0])
    const isProject = project !== undefined && rows.length === projectMembers(first.host, project).length
    if (isProject && rows.every((row) => projectOf(row) === project)) return { kind: 'project', hostId, project }
    return rows.length === 0 ? undefined : { kind: 'several', hostId, names: rows.map(({ name }) => name).sort() }
  }
  const projects = (await parts.hosts.known()).flatMap((each) => projectsOf(each).map((its) => ({ host: each, project: its })))
  const rows = projects.map((each, index) => ({
    id: String(index),
    icon: 'layers',
    label: plainText(each.project),
    description: parts.hosts.all.length > 1 ? plainText(each.host.label) : '',
  }))
  const none = {
    id: 'none',
    icon: 'info',
    label: l10n.t('No container belongs to a compose project. Select several containers in the view instead.'),
  }
  const answer = await parts.ask.pick({
    title: l10n.t('Show Container Logs Together'),
    placeholder: l10n.t('Which project?'),
    rows: rows.length === 0 ? [none] : rows,
  })
  const chosen = answer.kind === 'picked' ? projects[Number(answer.id)] : undefined
  return chosen === undefined ? undefined : { kind: 'project', hostId: chosen.host.id, project: chosen.project }
}
