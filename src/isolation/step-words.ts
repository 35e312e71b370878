/** The steps that make a container, in words. */
import * as l10n from '@vscode/l10n'
import type { StepPart } from '../../helper/api/trace.ts'

/** What happens in a step; one that is not known here keeps its own name. */
export function stepWords(step: string, part: StepPart): string {
  const make = STEPS.get(`${step} ${part}`) ?? STEPS.get(step)
  return make === undefined ? step.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : make()
}

/** Whose process walks through a step. */
export function partWords(part: StepPart): string {
  switch (part) {
    case 'helper':
      return l10n.t('helper')
    case 'keeper':
      return l10n.t('keeper')
    case 'container':
      return l10n.t('container')
  }
}

const STEPS: ReadonlyMap<string, () => string> = new Map([
  ['prepare', () => l10n.t('Hold back signals')],
  ['openFiles', () => l10n.t('Open the log, and pipes for the output')],
  ['createCgroups', () => l10n.t('Make cgroups, which limit memory, CPU and devices')],
  ['startKeeper', () => l10n.t('Start the keeper')],
  ['startKeeper keeper', () => l10n.t('Leave the helper’s session and folder')],
  ['startContainer', () => l10n.t('Start its first process, in namespaces of its own')],
  ['finish', () => l10n.t('Let signals come again')],
  ['joinCgroups', () => l10n.t('Put it into its cgroups')],
  ['limitDevices', () => l10n.t('Say which devices it may use')],
  ['joinNamespaces', () => l10n.t('Enter the namespaces of network and cgroups')],
  ['createMountNamespace', () => l10n.t('Make a mount namespace: the host sees none of what follows')],
  ['createRootFolder', () => l10n.t('Make the root folder of the image’s layers')],
  ['createToolbox', () => l10n.t('Make a root folder of this machine’s programs')],
  ['startToolbox', () => l10n.t('Start the toolbox')],
  ['createProcFolder', () => l10n.t('Mount /proc, with its own processes only')],
  ['createSysFolder', () => l10n.t('Mount /sys, read-only')],
  ['createTempFolder', () => l10n.t('Make /tmp')],
  ['createDevFolder', () => l10n.t('Make /dev, with the few harmless devices')],
  ['mountVolumes', () => l10n.t('Mount volumes, folders and generated files')],
  ['createWorkingFolder', () => l10n.t('Make the working folder')],
  ['openTerminal', () => l10n.t('Open a terminal inside')],
  ['connectStreams', () => l10n.t('Connect input and output')],
  ['setHostname', () => l10n.t('Set the host name')],
  ['setOomScore', () => l10n.t('Say how soon it goes when memory runs out')],
  ['maskPaths', () => l10n.t('Hide what /proc and /sys tell of the host')],
  ['changeRoot', () => l10n.t('Change the root: the host’s files are out of reach')],
  ['leaveNothing', () => l10n.t('Leave no open file and no signal handler behind')],
  ['restrict', () => l10n.t('Give up capabilities, and filter all further calls')],
  ['changeDirectory', () => l10n.t('Change to the working folder')],
  ['execute', () => l10n.t('Become your program')],
  ['becomeKeeper', () => l10n.t('Become the keeper: write the log, wait for the end')],
])
