import { PockerError } from '../../api/errors.ts'
import type { ImageBlob } from '../../api/image-blobs.ts'
import type { Command } from '../command.ts'
import { answeredObject } from '../http/answers.ts'
import { Client } from '../http/client.ts'
import { write } from '../io.ts'
import { openConnection } from '../open-connection.ts'
import { showProgress } from '../progress/show-progress.ts'
import { findTarget } from '../target.ts'

const API_VERSION = '/v1.47'

/** `pocker image copy`: from the engine that commands talk to, to another. */
export const imageCopy: Command = {
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags: [
    { name: 'to', kind: 'text', value: 'host', help: 'The engine to copy to (unix:///path or ssh://user@host)' },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Suppress the progress' },
  ],
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  run: async ({ flags, words, client, io }) => {
    const to = flags.text('to')
    if (to === undefined)
      throw new PockerError('InvalidParameter', 'copy images: where to is not said', {
        code: 'missing-argument',
        hint: 'name it with --to',
      })
    const target = findTarget(to, io.env, process.getuid?.())
    const other = new Client(openConnection(target, io.env), API_VERSION)
    try {
      const present = await presentBlobs(client, other, words)
      const query = { names: words, ...(present.length === 0 ? {} : { without: present }) }
      const { body } = await client.stream('GET', '/images/get', { query })
      const quiet = flags.on('quiet') || io.stdout.isTTY !== true
      const loaded = await other.stream('POST', '/images/load', { query: { quiet: quiet ? '1' : '0' }, upload: body })
      await showProgress(loaded.body, io.stdout)
      if (present.length > 0) await write(io.stderr, `${present.length} parts were there already\n`)
    } finally {
      other.close()
    }
    return 0
  },
}

/** What the other engine has already of these images. Engines that are not Pocker's cannot say: they get all. */
async function presentBlobs(from: Client, to: Client, names: readonly string[]): Promise<string[]> {
  try {
    const digests = new Set<string>()
    for (const name of names) {
      const path = `/pocker/images/${name.split('/').map(encodeURIComponent).join('/')}/blobs`
      const { Blobs: blobs } = answeredObject<{ Blobs?: readonly ImageBlob[] }>(await from.json('GET', path))
      for (const { Digest: digest } of blobs ?? []) digests.add(digest)
    }
    const answer = await to.json('POST', '/pocker/blobs/missing', { body: { Digests: [...digests] } })
    const { Missing: missing = [] } = answeredObject<{ Missing?: readonly string[] }>(answer)
    return [...digests].filter((digest) => !missing.includes(digest))
  } catch (error) {
    if (error instanceof PockerError && error.code === 'http-404') return []
    throw error
  }
}
