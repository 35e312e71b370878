/** A container's state by shape, colour and words. */
import * as l10n from '@vscode/l10n'
import { type ContainerState, containerState } from '../../model/container-state.ts'
import type { ContainerRow } from '../../model/rows.ts'
import type { IconLook } from '../item-look.ts'

const GREEN = 'charts.green'
const YELLOW = 'charts.yellow'
const RED = 'charts.red'
const BLUE = 'charts.blue'
const GREY = 'disabledForeground'

/** Each differs in its shape: colours are for those who see them. */
export const STATE_ICONS: Readonly<Record<ContainerState, IconLook>> = {
  running: { name: 'circle-large-filled', color: GREEN },
  healthy: { name: 'pass-filled', color: GREEN },
  starting: { name: 'color-mode', color: YELLOW },
  unhealthy: { name: 'warning', color: RED },
  paused: { name: 'debug-pause', color: BLUE },
  restarting: { name: 'debug-restart', color: YELLOW },
  created: { name: 'circle-large-outline', color: GREY },
  removing: { name: 'trash', color: GREY },
  dead: { name: 'circle-slash', color: RED },
  'out-of-memory': { name: 'chip', color: RED },
  failed: { name: 'error', color: RED },
  killed: { name: 'stop-circle', color: GREY },
  ended: { name: 'debug-stop', color: GREY },
}

/** The state in words, with what the engine knows of its reason. The probe's own words are for `plainText`. */
export function stateWords(row: ContainerRow): string {
  const { exitCode = 0 } = row
  switch (containerState(row)) {
    case 'running':
      return l10n.t('running')
    case 'healthy':
      return l10n.t('running, healthy')
    case 'starting':
      return l10n.t('running, health starting')
    case 'unhealthy':
      return l10n.t('running, unhealthy')
    case 'paused':
      return l10n.t('paused')
    case 'restarting':
      return l10n.t('restarting, last exited {0}', exitCode)
    case 'created':
      return l10n.t('created, never started')
    case 'removing':
      return l10n.t('being removed')
    case 'dead':
      return l10n.t('dead, could not be removed')
    case 'out-of-memory':
      return l10n.t('exited {0}, out of memory', exitCode)
    case 'killed':
      return l10n.t('exited {0}, ended by a signal', exitCode)
    case 'failed':
    case 'ended':
      return l10n.t('exited {0}', exitCode)
  }
}
