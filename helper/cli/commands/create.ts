import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { createContainer, requestOf } from '../create/create-container.ts'
import { CREATE_FLAGS } from '../create/create-flags.ts'
import { write } from '../io.ts'

/** `pocker create` */
export const create: Command = {
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  flags: CREATE_FLAGS.filter((flag) => flag.name !== 'trace'),
  words: { least: 1, most: ANY, lessWith: { flag: 'rootfs', least: 0 } },
  stopAtWord: true,
  run: async (context) => {
    const request = requestOf(context)
    if (context.flags.on('explain')) {
      await (await import('../create/steps.ts')).printPlan(context, request)
      return 0
    }
    await write(context.io.stdout, `${await createContainer(context, request)}\n`)
    return 0
  },
}
