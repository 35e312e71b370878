/** A host as a row. */
import * as l10n from '@vscode/l10n'
import type { Host } from '../../hosts/host.ts'
import { plainText } from '../../text/plain-text.ts'
import type { IconLook, ItemLook } from '../item-look.ts'

export interface HostLookOptions {
  /** Milliseconds since 1970, for a row that is drawn again as the next try comes nearer. */
  readonly now?: number
  readonly isStarting?: boolean
  /** `docker` in new terminals means this host. */
  readonly isForTerminals?: boolean
}

/** Label, description, icon and flags of a host. */
export function hostLook(host: Host, options: HostLookOptions): ItemLook {
  const label = plainText(host.label, 100)
  const state = stateText(host, options)
  const terminals = options.isForTerminals === true ? [l10n.t('used in terminals')] : []
  const words = [...(host.kind === 'ssh' ? ['ssh'] : []), state, ...terminals].join(' · ')
  return {
    id: host.id,
    label,
    description: words,
    icon: hostIcon(host, options.isStarting === true),
    flags: hostFlags(host, options),
    spoken: l10n.t('host {0}, {1}', label, words),
  }
}

/** How many containers run there, in words; nothing while that is not known. */
export function runningText({ model }: Host): string | undefined {
  if (!model.hasSnapshot) return undefined
  let running = 0
  for (const { status } of model.containers.values()) if (status === 'running') running++
  return running === 0 ? l10n.t('nothing runs') : l10n.t('{0} running', running)
}

function stateText(host: Host, { now, isStarting = false }: HostLookOptions): string {
  const { state } = host
  switch (state.kind) {
    case 'ready': {
      const { name, version } = state.engine
      const engine = plainText(`${name} ${version}`.trim(), 40)
      const latency = state.latency === undefined ? undefined : l10n.t('{0} ms', state.latency)
      return [latency, engine, runningText(host)].filter((part) => part !== undefined).join(' · ')
    }
    case 'connecting':
      return state.doing === undefined ? l10n.t('connecting…') : plainText(state.doing, 100)
    case 'stopped':
      return isStarting ? l10n.t('starting…') : l10n.t('not running')
    case 'unreachable':
      if (state.retryAt === undefined) return l10n.t('not connected')
      return retryText(now === undefined ? 0 : state.retryAt - now)
  }
}

/** Seconds in steps, so that a row is not redrawn for each of them. */
export const RETRY_STEPS = [5, 10, 20, 30] as const

function retryText(milliseconds: number): string {
  const seconds = milliseconds / 1000
  const step = RETRY_STEPS.find((each) => seconds <= each)
  if (seconds <= 1) return l10n.t('unreachable, trying again')
  return step === undefined ? l10n.t('unreachable, trying again later') : l10n.t('unreachable, trying again within {0} s', step)
}

function hostIcon({ kind, state }: Host, isStarting: boolean): IconLook {
  switch (state.kind) {
    case 'ready':
      return { name: kind === 'ssh' ? 'remote' : 'vm-running', color: 'charts.green' }
    case 'connecting':
      return { name: 'vm-connect' }
    case 'stopped':
      return isStarting ? { name: 'vm-connect' } : { name: 'vm-outline', color: 'disabledForeground' }
    case 'unreachable':
      return state.retryAt === undefined ? { name: 'debug-disconnect' } : { name: 'debug-disconnect', color: 'charts.red' }
  }
}

function hostFlags(host: Host, { isStarting = false, isForTerminals = false }: HostLookOptions): readonly string[] {
  const { state } = host
  return [
    'host',
    host.kind,
    isStarting && state.kind === 'stopped' ? 'starting' : state.kind,
    ...(state.kind === 'ready' && state.engine.isPocker ? ['pocker'] : []),
    ...(state.kind === 'unreachable' && state.retryAt === undefined ? ['waiting'] : []),
    ...(host.address === undefined ? [] : ['address']),
    ...(isForTerminals ? ['terminals'] : []),
  ]
}
