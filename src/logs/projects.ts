/** Containers that belong together. */
import type { Host } from '../hosts/host.ts'
import type { ContainerRow } from '../model/rows.ts'

const PROJECT = 'com.docker.compose.project'

/** The compose project that a container is part of. */
export function projectOf({ labels }: ContainerRow): string | undefined {
  const project = Object.hasOwn(labels, PROJECT) ? labels[PROJECT] : undefined
  return project === '' ? undefined : project
}

/** The project's containers, by name. */
export function projectMembers(host: Host, project: string): readonly ContainerRow[] {
  return [...host.model.containers.values()]
    .filter((row) => projectOf(row) === project)
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** The projects of a host. */
export function projectsOf(host: Host): readonly string[] {
  return [...new Set([...host.model.containers.values()].flatMap((row) => projectOf(row) ?? []))].sort()
}
