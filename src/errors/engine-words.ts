/** What Pocker's helper refuses or fails at, in words for people. Codes that are not here have the engine's own sentence. */
import * as l10n from '@vscode/l10n'
import type { Words } from './words.ts'

/** By code; `engine` is the engine's sentence, for what only it knows. */
export const ENGINE_WORDS: ReadonlyMap<string, (engine: string) => Words> = new Map<string, (engine: string) => Words>([
  ['no-such-container', () => ({ sentence: l10n.t('This container is not there any more.') })],
  ['name-in-use', () => ({ sentence: l10n.t('Another container has this name. Choose another name, or rename that one first.') })],
  ['container-running', () => ({ sentence: l10n.t('The container runs. Stop it first.') })],
  ['container-paused', () => ({ sentence: l10n.t('The container is paused. Resume it first.') })],
  ['not-running', () => ({ sentence: l10n.t('The container does not run. Start it first.') })],
  ['container-removing', () => ({ sentence: l10n.t('The container is being removed.') })],
  ['image-in-use', () => ({ sentence: l10n.t('A container that runs is made of this image. Stop it first.') })],
  [
    'image-not-portable',
    () => ({
      sentence: l10n.t(
        'The image “host” is this machine’s own programs, not files of its own: it stays here. Images are made of containers of other images.',
      ),
    }),
  ],
  ['image-not-found', () => ({ sentence: l10n.t('The registry has no image of this name and tag.') })],
  ['auth-required', () => ({ sentence: l10n.t('The registry refuses without a login: this is private there, or does not exist.') })],
  ['auth-failed', () => ({ sentence: l10n.t('The registry refuses this login.') })],
  ['registry-unreachable', (engine) => ({ sentence: l10n.t('The registry cannot be reached. {0}', engine) })],
  [
    'rate-limited',
    () => ({ sentence: l10n.t('The registry has had too many requests from here. Wait a while; those who are logged in may do more.') }),
  ],
  [
    'no-matching-platform',
    () => ({
      sentence: l10n.t('There is no image of this name for this machine’s processor.'),
      action: { label: l10n.t('Pull for Another…'), command: 'pocker.images.pullForPlatform' },
    }),
  ],
  [
    'no-space',
    () => ({
      sentence: l10n.t('There is no space left on the disk.'),
      action: { label: l10n.t('Clean Up…'), command: 'pocker.cleanUp' },
    }),
  ],
  [
    'port-in-use',
    (engine) => {
      const [, port = '', owner = ''] = /^Publish port (\S+): .*, (.+) has it\./.exec(engine) ?? []
      return {
        sentence: port === '' ? engine : l10n.t('Port {0} is already used by {1}. Stop that, or publish another port.', port, owner),
      }
    },
  ],
  ['search-unsupported', () => ({ sentence: l10n.t('This registry cannot be searched. Pull an image by its name.') })],
])
