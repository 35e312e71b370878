/** The form's answers as the request that the engine is sent. */
import type { CreateRequest } from '../../helper/api/container.ts'
import type { HostConfig } from '../../helper/api/host-config.ts'
import type { RunAnswers } from './answers.ts'
import { mountText } from './mount-spec.ts'

/**
 * Makes the request. `base` is what the form has no rows for: the rest of a container that is edited. Where the form has a row, its answer
 * takes the place of what `base` says.
 */
export function createRequest(answers: RunAnswers, base: CreateRequest = {}): CreateRequest {
  const { HostConfig: baseHost = {}, ...baseConfig } = base
  return {
    ...without(baseConfig, [
      'Cmd',
      'Entrypoint',
      'Env',
      'ExposedPorts',
      'Hostname',
      'Labels',
      'User',
      'Volumes',
      'WorkingDir',
      'Tty',
      'OpenStdin',
      'StdinOnce',
    ]),
    Image: answers.image,
    ...processConfig(answers),
    ...(answers.noHealthcheck ? { Healthcheck: { Test: ['NONE'] } } : {}),
    HostConfig: hostConfig(answers, baseHost),
  }
}

function processConfig(answers: RunAnswers): CreateRequest {
  const published = answers.ports.map(portName)
  const fresh = answers.mounts.filter(({ source }) => source === undefined).map(({ target }) => target)
  return {
    ...(answers.command === undefined ? {} : { Cmd: [...answers.command] }),
    // An empty list means the image's to the API; one empty word is none.
    ...(answers.entrypoint === undefined ? {} : { Entrypoint: answers.entrypoint.length === 0 ? [''] : [...answers.entrypoint] }),
    ...(answers.environment.length === 0 ? {} : { Env: [...answers.environment] }),
    ...(Object.keys(answers.labels).length === 0 ? {} : { Labels: { ...answers.labels } }),
    ...(answers.hostname === '' ? {} : { Hostname: answers.hostname }),
    ...(answers.user === '' ? {} : { User: answers.user }),
    ...(answers.workingDirectory === '' ? {} : { WorkingDir: answers.workingDirectory }),
    ...(published.length === 0 ? {} : { ExposedPorts: nameSet(published) }),
    ...(fresh.length === 0 ? {} : { Volumes: nameSet(fresh) }),
    ...(answers.terminal ? { Tty: true, OpenStdin: true } : {}),
  }
}

function hostConfig(answers: RunAnswers, base: HostConfig): HostConfig {
  const { memory, cpus, processes } = answers.limits
  const binds = answers.mounts.filter(({ source }) => source !== undefined).map(mountText)
  const mounts = [...(base.Mounts ?? []), ...workspaceMounts(answers)]
  return {
    ...without(base, [
      'Binds',
      'CapAdd',
      'CapDrop',
      'Init',
      'Memory',
      // What `Memory` had made of it; with another memory it would be refused.
      'MemorySwap',
      'Mounts',
      'NanoCpus',
      'NetworkMode',
      'PidsLimit',
      'PortBindings',
      'Privileged',
      'ReadonlyRootfs',
      'RestartPolicy',
      'AutoRemove',
    ]),
    ...(binds.length === 0 ? {} : { Binds: binds }),
    ...(mounts.length === 0 ? {} : { Mounts: mounts }),
    ...(answers.ports.length === 0 ? {} : { PortBindings: portBindings(answers) }),
    ...(answers.network === '' ? {} : { NetworkMode: answers.network }),
    ...(answers.restart === 'no' ? {} : { RestartPolicy: { Name: answers.restart } }),
    ...(answers.removeAtEnd ? { AutoRemove: true } : {}),
    ...(memory === undefined ? {} : { Memory: memory }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    ...(processes === undefined ? {} : { PidsLimit: processes }),
    ...(answers.capAdd.length === 0 ? {} : { CapAdd: [...answers.capAdd] }),
    ...(answers.capDrop.length === 0 ? {} : { CapDrop: [...answers.capDrop] }),
    ...(answers.init ? { Init: true } : {}),
    ...(answers.readOnly ? { ReadonlyRootfs: true } : {}),
    ...(answers.privileged ? { Privileged: true } : {}),
  }
}

// As a mount and not as a bind: its path may hold a colon, and a folder that has gone is then an error instead of a fresh one.
function workspaceMounts({ workspace }: RunAnswers): NonNullable<HostConfig['Mounts']> {
  return workspace === undefined ? [] : [{ Type: 'bind', Source: workspace.folder, Target: workspace.target }]
}

function portBindings({ ports }: RunAnswers): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {}
  for (const port of ports) {
    const list = bindings[portName(port)] ?? []
    list.push({ HostIp: port.address, HostPort: port.host === undefined ? '' : String(port.host) })
    bindings[portName(port)] = list
  }
  return bindings
}

function portName({ container, protocol }: RunAnswers['ports'][number]): string {
  return `${container}/${protocol}`
}

function nameSet(names: readonly string[]): Record<string, Record<string, never>> {
  return Object.fromEntries(names.map((name) => [name, {}]))
}

function without<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Omit<T, K> {
  const rest = { ...object }
  for (const key of keys) delete rest[key]
  return rest
}
