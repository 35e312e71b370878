/** A container as a page: what it is, what it may do, what is mounted and reached. */
import * as l10n from '@vscode/l10n'
import type { Fact, Page, Section } from '../../page/page.ts'
import { memoryText } from '../../run/limits.ts'
import { momentText } from '../../text/moment.ts'
import { plainText } from '../../text/plain-text.ts'
import { joinWords } from '../../text/shell-words.ts'
import { sizeText } from '../../text/size.ts'
import type { ContainerAnswer } from './inspect-answer.ts'

/** The page of an engine's answer. Values that look secret are in it: whoever may inspect may see them. */
export function containerPage(container: ContainerAnswer, host: string): Page {
  const name = plainText((container.Name ?? container.Id).replace(/^\//, ''))
  return {
    title: name,
    subtitle: l10n.t('container on {0}', plainText(host)),
    sections: [
      { heading: l10n.t('State'), content: { kind: 'facts', facts: stateFacts(container) } },
      ...healthSection(container),
      { heading: l10n.t('Process'), content: { kind: 'facts', facts: processFacts(container) } },
      { heading: l10n.t('Isolation and limits'), content: { kind: 'facts', facts: limitFacts(container) } },
      ...mountSection(container),
      ...networkSections(container),
      ...pairSection(l10n.t('Environment'), l10n.t('Variable'), variables(container)),
      ...pairSection(l10n.t('Labels'), l10n.t('Label'), Object.entries(container.Config?.Labels ?? {})),
    ],
  }
}

type Value = string | number | null | undefined

function facts(entries: readonly (readonly [name: string, value: Value, isCode?: 'code'])[]): Fact[] {
  return entries.flatMap(([name, value, isCode]) =>
    value === undefined || value === null || value === ''
      ? []
      : [{ name, value: plainText(String(value), 4000), ...(isCode === undefined ? {} : { isCode: true }) }],
  )
}

function stateFacts({ State, RestartCount, Created, Id, Image, Config }: ContainerAnswer): Fact[] {
  const hasEnded = momentText(State?.FinishedAt) !== undefined && State?.Status !== 'running'
  return facts([
    [l10n.t('Status'), State?.Status],
    [l10n.t('Exit code'), hasEnded ? State?.ExitCode : undefined],
    [l10n.t('Out of memory'), State?.OOMKilled === true ? l10n.t('yes: the kernel ended it for want of memory') : undefined],
    [l10n.t('Error'), State?.Error],
    [l10n.t('Started'), momentText(State?.StartedAt)],
    [l10n.t('Ended'), hasEnded ? momentText(State?.FinishedAt) : undefined],
    [l10n.t('Restarts'), RestartCount === 0 ? undefined : RestartCount],
    [l10n.t('Created'), momentText(Created)],
    [l10n.t('Image'), Config?.Image],
    [l10n.t('Image ID'), Image, 'code'],
    [l10n.t('ID'), Id, 'code'],
    [l10n.t('Process ID on the host'), State?.Pid === 0 ? undefined : State?.Pid],
  ])
}

function healthSection({ State }: ContainerAnswer): Section[] {
  const health = State?.Health
  if (health === null || health === undefined || health.Status === 'none') return []
  const log = (health.Log ?? []).toReversed().slice(0, 5)
  return [
    {
      heading: l10n.t('Health'),
      content: {
        kind: 'facts',
        facts: facts([
          [l10n.t('Status'), health.Status],
          [l10n.t('Failures in a row'), health.FailingStreak === 0 ? undefined : health.FailingStreak],
        ]),
      },
    },
    ...(log.length === 0
      ? []
      : [
          {
            heading: l10n.t('Last probes'),
            content: {
              kind: 'table' as const,
              columns: [l10n.t('Time'), l10n.t('Exit code'), l10n.t('Output')],
              rows: log.map(({ Start, ExitCode, Output }) => [
                momentText(Start) ?? '',
                String(ExitCode ?? ''),
                plainText((Output ?? '').trim(), 1000),
              ]),
            },
          },
        ]),
  ]
}

function processFacts({ Config, HostConfig }: ContainerAnswer): Fact[] {
  const restart = HostConfig?.RestartPolicy
  const policy = restart?.Name === '' || restart?.Name === null || restart?.Name === undefined ? 'no' : restart.Name
  const most = restart?.MaximumRetryCount ?? 0
  return facts([
    [l10n.t('Entrypoint'), commandText(Config?.Entrypoint), 'code'],
    [l10n.t('Command'), commandText(Config?.Cmd), 'code'],
    [l10n.t('Working directory'), Config?.WorkingDir, 'code'],
    [l10n.t('User'), Config?.User === '' ? 'root' : Config?.User],
    [l10n.t('Hostname'), Config?.Hostname],
    [l10n.t('Terminal'), Config?.Tty === true ? l10n.t('yes') : l10n.t('no')],
    [l10n.t('Init process'), HostConfig?.Init === true ? l10n.t('yes') : undefined],
    [l10n.t('Restart'), policy === 'on-failure' && most > 0 ? l10n.t('on-failure, {0} times at most', most) : policy],
    [l10n.t('Removed at its end'), HostConfig?.AutoRemove === true ? l10n.t('yes') : undefined],
    [l10n.t('Stop signal'), Config?.StopSignal],
  ])
}

function limitFacts({ HostConfig: host }: ContainerAnswer): Fact[] {
  const bytes = (value: number | null | undefined) => (value === null || value === undefined || value <= 0 ? undefined : limitText(value))
  const none = l10n.t('no limit')
  const cpus = (host?.NanoCpus ?? 0) > 0 ? String((host?.NanoCpus ?? 0) / 1e9) : none
  return facts([
    [l10n.t('Privileged'), host?.Privileged === true ? l10n.t('yes: as good as root on the machine') : l10n.t('no')],
    [l10n.t('Capabilities added'), host?.CapAdd?.join(', ')],
    [l10n.t('Capabilities dropped'), host?.CapDrop?.join(', ')],
    [l10n.t('Security options'), host?.SecurityOpt?.join(', ')],
    [l10n.t('Read-only'), host?.ReadonlyRootfs === true ? l10n.t('yes') : undefined],
    [l10n.t('Memory'), bytes(host?.Memory) ?? none],
    [l10n.t('Memory and swap'), bytes(host?.MemorySwap)],
    [l10n.t('CPUs'), cpus],
    [l10n.t('CPU shares'), host?.CpuShares === 0 ? undefined : host?.CpuShares],
    [l10n.t('On processors'), host?.CpusetCpus],
    [l10n.t('Processes'), (host?.PidsLimit ?? 0) > 0 ? host?.PidsLimit : none],
    [l10n.t('Shared memory'), bytes(host?.ShmSize)],
    [l10n.t('Process namespace'), host?.PidMode],
    [l10n.t('IPC namespace'), host?.IpcMode === 'private' ? undefined : host?.IpcMode],
  ])
}

/** As it was set, in powers of 1024: `512m`. */
function limitText(bytes: number): string {
  return bytes % 1024 === 0 ? memoryText(bytes) : sizeText(bytes)
}

function mountSection({ Mounts }: ContainerAnswer): Section[] {
  if (Mounts === null || Mounts === undefined || Mounts.length === 0) return []
  const rows = Mounts.map(({ Type, Name, Source, Destination, RW }) => [
    plainText(Destination ?? ''),
    plainText(Type ?? ''),
    plainText((Type === 'volume' ? Name : Source) ?? Source ?? ''),
    RW === false ? l10n.t('read-only') : l10n.t('read and write'),
  ])
  const columns = [l10n.t('In the container'), l10n.t('Type'), l10n.t('From'), l10n.t('Access')]
  return [{ heading: l10n.t('Mounts'), content: { kind: 'table', columns, rows } }]
}

function networkSections({ HostConfig, NetworkSettings }: ContainerAnswer): Section[] {
  const networks = Object.entries(NetworkSettings?.Networks ?? {})
  const ports = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([port, bindings]) =>
    bindings === null || bindings.length === 0
      ? [[plainText(port), l10n.t('not published')]]
      : bindings.map(({ HostIp, HostPort }) => [plainText(port), plainText(`${HostIp ?? ''}:${HostPort ?? ''}`)]),
  )
  const sections: Section[] = [
    { heading: l10n.t('Network'), content: { kind: 'facts', facts: facts([[l10n.t('Mode'), HostConfig?.NetworkMode]]) } },
  ]
  const addresses = networks
    .map(([name, its]) => [name, its?.IPAddress ?? '', its?.GlobalIPv6Address ?? '', its?.Gateway ?? '', (its?.Aliases ?? []).join(', ')])
    .filter(([, ...its]) => its.some((text) => text !== ''))
    .map((cells) => cells.map((text) => plainText(text)))
  const columns = [l10n.t('Network'), 'IPv4', 'IPv6', l10n.t('Gateway'), l10n.t('Aliases')]
  if (addresses.length > 0) sections.push({ heading: l10n.t('Addresses'), content: { kind: 'table', columns, rows: addresses } })
  const portColumns = [l10n.t('In the container'), l10n.t('On the host')]
  if (ports.length > 0) sections.push({ heading: l10n.t('Ports'), content: { kind: 'table', columns: portColumns, rows: ports } })
  return sections
}

function variables({ Config }: ContainerAnswer): [string, string][] {
  return (Config?.Env ?? []).map((entry) => {
    const at = entry.indexOf('=')
    return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
  })
}

function pairSection(heading: string, column: string, pairs: readonly (readonly [string, string])[]): Section[] {
  if (pairs.length === 0) return []
  const rows = pairs
    .map(([name, value]) => [plainText(name, 1000), plainText(value, 4000)])
    .sort(([a = ''], [b = '']) => a.localeCompare(b))
  return [{ heading, content: { kind: 'table', columns: [column, l10n.t('Value')], rows } }]
}

function commandText(words: string | readonly string[] | null | undefined): string | undefined {
  if (words === null || words === undefined) return undefined
  return typeof words === 'string' ? words : joinWords(words)
}
