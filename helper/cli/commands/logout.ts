import type { Command } from '../command.ts'
import { openCredentials } from '../credentials/credential-store.ts'
import { HUB } from '../credentials/credentials.ts'
import { harmless, tellFailure } from '../failure.ts'
import { write } from '../io.ts'
import { loginKey } from './login.ts'

/** `pocker logout` */
export const logout: Command = {
  usage: '[SERVER]',
  flags: [],
  words: { least: 0, most: 1 },
  local: true,
  run: async ({ words, io }) => {
    const registry = loginKey(words[0])
    const store = openCredentials(io)
    await write(io.stdout, `Removing login credentials for ${harmless(registry)}\n`)
    // Older versions of Docker kept them under what the user had typed.
    const keys = registry === HUB ? [HUB] : [...new Set([words[0] ?? '', registry, `http://${registry}`, `https://${registry}`])]
    const failures: string[] = []
    for (const key of keys) {
      try {
        await store.erase(key)
      } catch (error) {
        failures.push(`${harmless(key)}: ${tellFailure(error, '').text}`)
      }
    }
    if (failures.length === keys.length) await write(io.stderr, `WARNING: could not erase credentials:\n${failures.join('')}`)
    return 0
  },
}
