import { PockerError } from '../../api/errors.ts'
import type { Command } from '../command.ts'
import { registryAuth } from '../credentials/registry-auth.ts'
import { imagePath } from '../http/path.ts'
import { readImageName, wholeName } from '../image-name.ts'
import { write } from '../io.ts'
import { platformFlagJson } from '../platform-flag.ts'
import { showProgress } from '../progress/show-progress.ts'

/** `pocker push` */
export const push: Command = {
  usage: '[OPTIONS] NAME[:TAG]',
  flags: [
    { name: 'all-tags', short: 'a', kind: 'switch', help: 'Push all tags of an image to the repository' },
    { name: 'disable-content-trust', kind: 'switch', initially: true, help: 'Skip image signing', hidden: true },
    { name: 'platform', kind: 'text', value: 'string', help: 'Push only the manifest of this platform (os[/arch[/variant]])' },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Suppress verbose output' },
  ],
  words: { least: 1, most: 1 },
  run: async ({ flags, words, client, io }) => {
    const asked = await readImageName(words[0] ?? '')
    if (flags.on('all-tags')) checkAllTags(asked)
    if (asked.digest !== undefined) {
      throw new PockerError('InvalidParameter', 'cannot push a digest reference', { code: 'tag-with-digest' })
    }
    const name = asked.tag === undefined && !flags.on('all-tags') ? { ...asked, tag: 'latest' } : asked
    const quiet = flags.on('quiet')
    const query = { tag: name.tag, platform: platformFlagJson(flags) }
    if (asked.tag === undefined && name.tag !== undefined && !quiet) await write(io.stdout, 'Using default tag: latest\n')
    const headers = await registryAuth(io, name.domain)
    const { body } = await client.stream('POST', imagePath(name.familiar, 'push'), { query, headers })
    await showProgress(body, quiet ? undefined : io.stdout)
    if (quiet) await write(io.stdout, `${wholeName(name)}\n`)
    return 0
  },
}

function checkAllTags({ tag, digest }: { readonly tag: string | undefined; readonly digest: string | undefined }): void {
  if (tag === undefined && digest === undefined) return
  throw new PockerError('InvalidParameter', "tag can't be used with --all-tags/-a", { code: 'conflicting-options' })
}
