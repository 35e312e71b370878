/** What can be done to containers with one request each. */
import * as l10n from '@vscode/l10n'
import type { ContainerRow } from '../../model/rows.ts'

export interface Act {
  readonly title: () => string
  readonly isFor: (row: ContainerRow) => boolean
  /** Behind `/containers/{id}/`. */
  readonly request: string
  /** Said when it was for a part of what was chosen. */
  readonly partly: (done: number, asked: number) => string
  /** Said when it was for none. */
  readonly forNone: () => string
}

const isOneOf =
  (...statuses: readonly ContainerRow['status'][]) =>
  ({ status }: ContainerRow) =>
    statuses.includes(status)

/** One command each. */
export const ACTS = {
  start: {
    title: () => l10n.t('Start'),
    isFor: isOneOf('created', 'exited'),
    request: 'start',
    partly: (done, asked) => l10n.t('{0} of {1} containers were started: the others run already.', done, asked),
    forNone: () => l10n.t('There is nothing to start: all that was chosen runs already.'),
  },
  stop: {
    title: () => l10n.t('Stop'),
    isFor: isOneOf('running', 'paused', 'restarting'),
    request: 'stop',
    partly: (done, asked) => l10n.t('{0} of {1} containers were stopped: the others do not run.', done, asked),
    forNone: () => l10n.t('There is nothing to stop: nothing that was chosen runs.'),
  },
  restart: {
    title: () => l10n.t('Restart'),
    isFor: isOneOf('running', 'paused', 'restarting', 'created', 'exited'),
    request: 'restart',
    partly: (done, asked) => l10n.t('{0} of {1} containers were restarted: the others are being removed.', done, asked),
    forNone: () => l10n.t('There is nothing to restart: all that was chosen is being removed.'),
  },
  pause: {
    title: () => l10n.t('Pause'),
    isFor: isOneOf('running'),
    request: 'pause',
    partly: (done, asked) => l10n.t('{0} of {1} containers were paused: the others do not run, or are paused already.', done, asked),
    forNone: () => l10n.t('There is nothing to pause: nothing that was chosen runs.'),
  },
  unpause: {
    title: () => l10n.t('Resume'),
    isFor: isOneOf('paused'),
    request: 'unpause',
    partly: (done, asked) => l10n.t('{0} of {1} containers go on: the others were not paused.', done, asked),
    forNone: () => l10n.t('There is nothing to resume: nothing that was chosen is paused.'),
  },
} satisfies Readonly<Record<string, Act>>
