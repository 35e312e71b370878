/** What root's rights are wanted for. */
import * as l10n from '@vscode/l10n'

export type StartPurpose =
  /** That a helper runs. */
  | 'start'
  /** That one of this program's version, or a newer one, runs. */
  | 'update'
  /** That it starts with this machine. */
  | 'install-service'
  | 'uninstall-service'

export interface PurposePlace {
  readonly uid: number
  readonly runRoot: string
  readonly dataRoot?: string
}

/** Why, for the user who is to give a password. */
export function purposeWords(purpose: StartPurpose): string {
  switch (purpose) {
    case 'start':
      return l10n.t('Pocker makes containers with the kernel’s own isolation, which needs administrator rights once.')
    case 'update':
      return l10n.t('The new version of Pocker’s program is put into a folder of root’s, which needs administrator rights.')
    case 'install-service':
      return l10n.t('Pocker is made a service that starts with this machine, which needs administrator rights.')
    case 'uninstall-service':
      return l10n.t('Pocker’s service is removed, which needs administrator rights.')
  }
}

/** The program's words for it. A service has the usual places, and no others. */
export function purposeCommand(purpose: StartPurpose, { uid, runRoot, dataRoot }: PurposePlace): readonly string[] {
  switch (purpose) {
    case 'start':
    case 'update':
      return ['helper', 'start', '--user', String(uid), '--run-root', runRoot, ...(dataRoot === undefined ? [] : ['--data-root', dataRoot])]
    case 'install-service':
      return ['service', 'install', ...(uid === 0 ? [] : ['--user', String(uid)])]
    case 'uninstall-service':
      return ['service', 'uninstall']
  }
}
