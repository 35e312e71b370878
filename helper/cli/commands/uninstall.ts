import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import { ownProgram } from '../background/own-program.ts'
import { askHelper, endHelper, withHelper } from '../background/running-helper.ts'
import type { Command } from '../command.ts'
import { confirm } from '../confirm.ts'
import type { Client } from '../http/client.ts'
import { write } from '../io.ts'
import { installedProgram, systemd } from '../service/systemd.ts'
import type { Target } from '../target.ts'

/** `pocker uninstall`: nothing of Pocker's is on this machine afterwards. */
export const uninstall: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'data-root', kind: 'text', value: 'folder', help: 'Where images and containers are kept (default /var/lib/pocker)' },
    { name: 'run-root', kind: 'text', value: 'folder', help: 'Where sockets are kept (default /run/pocker)' },
    { name: 'force', short: 'f', kind: 'switch', help: 'Do not prompt for confirmation' },
    { name: 'nonce', kind: 'text', value: 'word', help: 'Begin the answer with this word, and answer errors so, too', hidden: true },
  ],
  words: { least: 0, most: 0 },
  local: true,
  run: async ({ flags, target, io }) => {
    const nonce = flags.text('nonce')
    const tell = async (answer: object) => await write(io.stdout, `\n${nonce} ${JSON.stringify(answer)}\n`)
    const path = (text: string) => resolve(io.cwd, text)
    const runRoot = flags.parsed('run-root', path) ?? target.runRoot
    const place = {
      foreign: false,
      runRoot,
      dataRoot: flags.parsed('data-root', path) ?? target.dataRoot,
      socket: join(runRoot, 'pocker.sock'),
    }
    const question = 'All containers, images and volumes of Pocker on this machine are removed, and Pocker itself.'
    if (nonce === undefined && !flags.on('force')) await confirm(io, question, 'uninstalling')
    try {
      await removeEverything(place)
    } catch (error) {
      if (nonce === undefined || !(error instanceof PockerError)) throw error
      await tell({ error: error.code, message: error.message, hint: error.hint })
      return 1
    }
    if (nonce !== undefined) await tell({ removed: true })
    return 0
  },
}

async function removeEverything(target: Target): Promise<void> {
  if (process.getuid?.() !== 0) throw new PockerError('Forbidden', 'uninstall: this takes root', { code: 'needs-root' })
  const isService = installedProgram(systemd, target.runRoot) !== undefined
  if ((await askHelper(target.socket)) === undefined && hasContainers(target)) {
    // Containers that run are known to nobody else, and their folders are mounted.
    const { startInBackground } = await import('../background/start-in-background.ts')
    await startInBackground({ target, program: ownProgram(), systemd, env: process.env })
  }
  if ((await askHelper(target.socket)) !== undefined) {
    await withHelper(target.socket, removeContainers)
    if (!isService) await endHelper(target.socket)
  }
  if (isService) {
    const { uninstallService } = await import('../service/install-service.ts')
    await uninstallService(systemd)
  }
  for (const folder of [target.dataRoot, target.runRoot]) removeFolder(folder)
  removePrograms(ownProgram())
}

async function removeContainers(client: Client): Promise<void> {
  const list = await client.json('GET', '/containers/json', { query: { all: true } })
  for (const { Id } of Array.isArray(list) ? list : [])
    await client.text('DELETE', `/containers/${Id}`, { query: { force: true, v: true } })
  // Networks have links in the kernel; an engine without networks refuses.
  await client.text('POST', '/networks/prune').catch(() => undefined)
}

function hasContainers({ dataRoot }: Target): boolean {
  return existsSync(dataRoot) && readdirSync(dataRoot).length > 0
}

/** Never through a mount: behind it may be somebody's own files. */
function removeFolder(folder: string): void {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[4]?.startsWith(`${folder}/`))
  if (mounted !== undefined)
    throw new PockerError('Conflict', `remove ${folder}: ${mounted.split(' ')[4]} is mounted in it`, { code: 'still-mounted' })
  rmSync(folder, { recursive: true, force: true })
}

/** This program and its earlier versions; only folders that were made by setting it up. */
function removePrograms(own: string): void {
  const place = dirname(own)
  if (!/^[0-9a-f]{64}$/.test(basename(own)) || basename(place) !== 'pocker') return
  for (const name of readdirSync(place)) if (/^[0-9a-f]{64}$|^new\./.test(name)) rmSync(join(place, name), { recursive: true, force: true })
  if (readdirSync(place).length === 0) rmdirSync(place)
}
