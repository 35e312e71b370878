/** What the configuration of an image says that is made of a container. */
import type { ContainerConfig } from '../../api/container.ts'
import type { ImageConfig } from '../../api/image.ts'
import { mergeConfig } from '../../container/spec/merged-config.ts'
import { applyChanges } from '../../image/changes.ts'

export interface CommitConfig {
  /** The container's, with its image's in it. */
  readonly container: ContainerConfig
  /** Laid over it. */
  readonly request: ContainerConfig | undefined
  /** Dockerfile lines, carried out last. */
  readonly changes: readonly string[]
}

/**
 * The image's configuration: of the container's own only what OCI's has a word for, so neither its hostname nor how it was attached to.
 * Errors: InvalidParameter `bad-change`, `bad-signal`.
 */
export function commitConfig({ container, request, changes }: CommitConfig): ImageConfig {
  const { User, ExposedPorts, Env, Entrypoint, Cmd, Volumes, WorkingDir, Labels, StopSignal, Healthcheck, Shell } = mergeConfig(
    request ?? {},
    container,
  )
  const config = {
    User,
    ExposedPorts,
    // A name without a value has kept the variable of the image before away.
    Env: Env.filter((entry) => entry.includes('=')),
    Entrypoint,
    Cmd,
    Volumes,
    WorkingDir,
    Labels,
    ...(StopSignal === undefined ? {} : { StopSignal }),
    ...(Healthcheck === undefined ? {} : { Healthcheck }),
    ...(Shell === undefined ? {} : { Shell }),
  }
  return applyChanges(withoutEmpty(config), changes)
}

function withoutEmpty(config: ImageConfig): ImageConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}
