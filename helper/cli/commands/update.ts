import { PockerError } from '../../api/errors.ts'
import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { RESOURCE_FLAGS } from '../create/create-flags.ts'
import { commonResources } from '../create/resources.ts'
import { withoutUndefined } from '../create/without-undefined.ts'
import { harmless } from '../failure.ts'
import { parseRestartPolicy } from '../grammar/restart.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'
import { forEach } from './each.ts'

/** `pocker update` */
export const update: Command = {
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: [
    ...RESOURCE_FLAGS,
    { name: 'restart', kind: 'text', value: 'string', help: 'Restart policy (no|always|unless-stopped|on-failure[:max])' },
  ],
  words: { least: 1, most: ANY },
  run: async (context) => {
    const { flags, client, io } = context
    const body = { ...commonResources(flags), ...withoutUndefined({ RestartPolicy: flags.parsed('restart', parseRestartPolicy) }) }
    if (Object.keys(body).length === 0) {
      throw new PockerError('InvalidParameter', 'you must provide one or more flags when using this command', { code: 'missing-argument' })
    }
    const warnings: string[] = []
    const code = await forEach(context, async (name) => {
      const answer = await client.json('POST', containerPath(name, 'update'), { body })
      warnings.push(...(answeredObject<{ Warnings?: string[] | null }>(answer).Warnings ?? []))
    })
    for (const warning of warnings) await write(io.stdout, `${harmless(warning)}\n`)
    return code
  },
}
