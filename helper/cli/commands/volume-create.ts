import type { Volume } from '../../api/volume.ts'
import type { Command } from '../command.ts'
import { harmless } from '../failure.ts'
import { toRecord } from '../grammar/key-values.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'

/** `pocker volume create` */
export const volumeCreate: Command = {
  usage: '[OPTIONS] [VOLUME]',
  flags: [
    { name: 'driver', short: 'd', kind: 'text', value: 'string', help: 'Specify volume driver name (default "local")' },
    { name: 'label', kind: 'list', value: 'list', help: 'Set metadata for a volume' },
    { name: 'opt', short: 'o', kind: 'list', value: 'map', help: 'Set driver specific options: type=, o=, device=' },
  ],
  words: { least: 0, most: 1 },
  run: async ({ flags, words, client, io }) => {
    const body = {
      Name: words[0] ?? '',
      Driver: flags.text('driver') || 'local',
      DriverOpts: toRecord(flags.list('opt')),
      Labels: toRecord(flags.list('label')),
    }
    const { Name } = answeredObject<Volume>(await client.json('POST', '/volumes/create', { body }))
    await write(io.stdout, `${harmless(Name)}\n`)
    return 0
  },
}
