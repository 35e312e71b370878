import type { Command } from '../command.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { readNewTag } from '../image-name.ts'
import { write } from '../io.ts'

/** `pocker commit` */
export const commit: Command = {
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  flags: [
    { name: 'author', short: 'a', kind: 'text', value: 'string', help: 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")' },
    { name: 'change', short: 'c', kind: 'list', value: 'list', help: 'Apply Dockerfile instruction to the created image' },
    { name: 'message', short: 'm', kind: 'text', value: 'string', help: 'Commit message' },
    { name: 'pause', short: 'p', kind: 'switch', initially: true, help: 'Pause container during commit' },
  ],
  words: { least: 1, most: 2 },
  stopAtWord: true,
  run: async ({ flags, words, client, io }) => {
    const [container = '', name] = words
    // The name stands in the query here; an empty one is refused as everywhere.
    containerPath(container)
    const query = {
      container,
      ...(name ? await readNewTag(name) : {}),
      comment: flags.text('message') || undefined,
      author: flags.text('author') || undefined,
      changes: flags.list('change'),
      pause: flags.on('pause') ? undefined : '0',
    }
    const { Id } = answeredObject<{ Id: string }>(await client.json('POST', '/commit', { query }))
    await write(io.stdout, `${Id}\n`)
    return 0
  },
}
