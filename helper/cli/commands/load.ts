import { PockerError } from '../../api/errors.ts'
import type { Command, CommandContext } from '../command.ts'
import { openToRead } from '../local-file.ts'
import { showProgress } from '../progress/show-progress.ts'

/** `pocker load` */
export const load: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'input', short: 'i', kind: 'text', value: 'string', help: 'Read from tar archive file, instead of STDIN' },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Suppress the load output' },
  ],
  words: { least: 0, most: 0 },
  run: async (context) => {
    const { flags, client, io } = context
    const upload = inputOf(context)
    // Without a terminal only the result is of interest.
    const quiet = flags.on('quiet') || io.stdout.isTTY !== true
    const { body } = await client.stream('POST', '/images/load', { query: { quiet: quiet ? '1' : '0' }, upload })
    await showProgress(body, io.stdout)
    return 0
  },
}

function inputOf({ flags, io }: CommandContext): AsyncIterable<Uint8Array> {
  const path = flags.text('input')
  if (path) return openToRead(io, path)
  if (io.stdin.isTTY !== true) return io.stdin
  throw new PockerError('InvalidParameter', 'requested load from stdin, but stdin is empty', {
    code: 'input-is-a-terminal',
    hint: 'name a file with -i, or redirect one',
  })
}
