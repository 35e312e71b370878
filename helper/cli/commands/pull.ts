import { PockerError } from '../../api/errors.ts'
import type { Command } from '../command.ts'
import { readImageName, wholeName } from '../image-name.ts'
import { write } from '../io.ts'
import { platformFlag } from '../platform-flag.ts'
import { pullImage } from '../pull-image.ts'

/** `pocker pull` */
export const pull: Command = {
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  flags: [
    { name: 'all-tags', short: 'a', kind: 'switch', help: 'Download all tagged images in the repository' },
    { name: 'disable-content-trust', kind: 'switch', initially: true, help: 'Skip image verification', hidden: true },
    { name: 'platform', kind: 'text', value: 'string', help: 'Set platform if the image has several' },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Suppress verbose output' },
  ],
  words: { least: 1, most: 1 },
  run: async ({ flags, words, client, io }) => {
    const asked = await readImageName(words[0] ?? '')
    const all = flags.on('all-tags')
    const bare = asked.tag === undefined && asked.digest === undefined
    if (all && !bare) {
      throw new PockerError('InvalidParameter', "tag can't be used with --all-tags/-a", { code: 'conflicting-options' })
    }
    const name = bare && !all ? { ...asked, tag: 'latest' } : asked
    const quiet = flags.on('quiet')
    const platform = platformFlag(flags, io.env)
    if (bare && !all && !quiet) await write(io.stdout, 'Using default tag: latest\n')
    await pullImage({ client, io }, { name, all, platform, output: quiet ? undefined : io.stdout })
    await write(io.stdout, `${wholeName(name)}\n`)
    return 0
  },
}
