import type { ContainerInspect } from '../../api/container.ts'
import { demultiplex } from '../attach/demultiplex.ts'
import type { Command } from '../command.ts'
import { parseMoment } from '../grammar/moment.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'

/** `pocker logs` */
export const logs: Command = {
  usage: '[OPTIONS] CONTAINER',
  flags: [
    { name: 'details', kind: 'switch', help: 'Show extra details provided to logs' },
    { name: 'follow', short: 'f', kind: 'switch', help: 'Follow log output' },
    { name: 'since', kind: 'text', value: 'string', help: 'Show logs since a moment (2026-01-02T13:23:37Z) or for a time (42m)' },
    { name: 'tail', short: 'n', kind: 'text', value: 'string', help: 'Number of lines to show from the end (default "all")' },
    { name: 'timestamps', short: 't', kind: 'switch', help: 'Show timestamps' },
    { name: 'until', kind: 'text', value: 'string', help: 'Show logs before a moment or a time ago' },
  ],
  words: { least: 1, most: 1 },
  run: async ({ words, flags, client, io }) => {
    const [name = ''] = words
    const moment = (text: string) => parseMoment(text, io.now())
    const query = {
      stdout: true,
      stderr: true,
      follow: flags.on('follow'),
      timestamps: flags.on('timestamps'),
      details: flags.on('details'),
      tail: flags.text('tail'),
      since: flags.parsed('since', moment),
      until: flags.parsed('until', moment),
    }
    // Only the container says whether its output is multiplexed; it is asked at the same time.
    const [container, stream] = await Promise.all([
      client.json('GET', containerPath(name, 'json')),
      client.stream('GET', containerPath(name, 'logs'), { query }),
    ])
    if (answeredObject<ContainerInspect>(container).Config.Tty === true) {
      for await (const bytes of stream.body) await write(io.stdout, bytes)
      return 0
    }
    for await (const piece of demultiplex(stream.body)) await write(piece.stream === 'stderr' ? io.stderr : io.stdout, piece.bytes)
    return 0
  },
}
