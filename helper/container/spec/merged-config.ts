/** The request's words over the image's, by Docker's rules (moby's daemon/commit.go merge). `inspect` shows the result as Config. */
import type { ContainerConfig, CreateRequest } from '../../api/container.ts'
import type { ImageConfig } from '../../api/image.ts'
import { mergeHealthcheck } from './healthcheck.ts'
import { invalid } from './refuse.ts'

/** An image must not name containers to the helper: labels under this prefix are the user's to give (CVE-2026-53488). */
const OWN_LABELS = 'pocker.'

export interface MergedConfig extends ContainerConfig {
  readonly User: string
  readonly Env: string[]
  readonly Cmd: string[]
  readonly Entrypoint: string[]
  readonly WorkingDir: string
  readonly Labels: Record<string, string>
  readonly Volumes: Record<string, Record<string, never>>
  readonly ExposedPorts: Record<string, Record<string, never>>
}

/**
 * Merges. An entrypoint in the request drops the image's command with the image's entrypoint; `[]` and `['']` are no entrypoint.
 * Errors: `no-command` when neither says what to run.
 */
export function mergeConfig(request: CreateRequest, image: ImageConfig): MergedConfig {
  const { HostConfig: _host, NetworkingConfig: _network, Rootfs: _rootfs, ...config } = request
  const merged = {
    ...config,
    User: request.User || image.User || '',
    Env: mergeEnvironment(request.Env ?? [], image.Env ?? []),
    ...mergeCommand(request, image),
    WorkingDir: request.WorkingDir || image.WorkingDir || '',
    Labels: { ...withoutOwnLabels(image.Labels ?? {}), ...request.Labels },
    Volumes: { ...image.Volumes, ...request.Volumes },
    ExposedPorts: { ...image.ExposedPorts, ...request.ExposedPorts },
    ...inherited(request, image),
  }
  if (merged.Entrypoint.length === 0 && merged.Cmd.length === 0) {
    throw invalid('no-command', 'create container: no command specified', 'give a command behind the image')
  }
  return merged
}

function mergeCommand(request: CreateRequest, image: ImageConfig): { Entrypoint: string[]; Cmd: string[] } {
  const own = request.Entrypoint
  const inheritsCommand = (own === undefined || own.length === 0) && (request.Cmd ?? []).length === 0
  const entrypoint = own ?? image.Entrypoint ?? []
  return {
    Entrypoint: entrypoint.length === 1 && entrypoint[0] === '' ? [] : [...entrypoint],
    Cmd: [...((inheritsCommand ? image.Cmd : request.Cmd) ?? [])],
  }
}

// The request's first, as Docker lists them; a name without a value keeps the image's away.
function mergeEnvironment(request: readonly string[], image: readonly string[]): string[] {
  const names = new Set(request.map(nameOf))
  return [...request, ...image.filter((entry) => !names.has(nameOf(entry)))]
}

/** What stands before the first `=`. */
export function nameOf(entry: string): string {
  const equals = entry.indexOf('=')
  return equals < 0 ? entry : entry.slice(0, equals)
}

function withoutOwnLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith(OWN_LABELS)))
}

function inherited(request: CreateRequest, image: ImageConfig): Pick<ContainerConfig, 'StopSignal' | 'Healthcheck' | 'Shell'> {
  const signal = request.StopSignal || image.StopSignal || ''
  const healthcheck = mergeHealthcheck(request.Healthcheck, image.Healthcheck)
  const shell = request.Shell ?? image.Shell
  return {
    ...(signal === '' ? {} : { StopSignal: signal }),
    ...(healthcheck === undefined ? {} : { Healthcheck: healthcheck }),
    ...(shell === undefined ? {} : { Shell: shell }),
  }
}
