import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import type { PickRow } from '../../ask/ask.ts'
import { isNotFound } from '../../client/engine-problem.ts'
import { InWords } from '../../errors/in-words.ts'
import type { Host } from '../../hosts/host.ts'
import { chooseHost } from '../choose.ts'
import { type VolumeParts, volumePath } from './volume-parts.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** Asks where the data is to be, for a name, and makes the volume. Errors: EngineError; InWords `volume-exists`. */
export async function createFlow(parts: VolumeParts, item: unknown): Promise<void> {
  const { ask, lists, busy } = parts
  const title = l10n.t('Create Volume')
  const host = await chooseHost(parts, item, { title })
  if (host === undefined) return
  const place = await ask.pick({ title, placeholder: l10n.t('Where is its data to be?'), rows: places(host) })
  if (place.kind !== 'picked') return
  const options = await askOptions(parts, title, place.id)
  if (options === undefined) return
  const name = await ask.input({ title, prompt: l10n.t('The volume’s name'), placeholder: 'data', value: '', check: nameProblem })
  if (name === undefined) return
  // An engine gives back the one that is there, whatever was asked for.
  if (await isThere(host, name)) throw new InWords('volume-exists', l10n.t('There is a volume “{0}” already.', name))
  const body = { Name: name, Driver: 'local', ...(Object.keys(options).length === 0 ? {} : { DriverOpts: options }) }
  await busy(() => host.client.ask('POST', '/volumes/create', z.unknown(), { body }))
  lists.stale(host)
}

function places(host: Host): readonly PickRow[] {
  const engine = host.state.kind === 'ready' ? host.state.engine.name : 'Pocker'
  return [
    { id: 'own', icon: 'database', label: l10n.t('In {0}’s own folder', engine), description: l10n.t('the usual') },
    { id: 'folder', icon: 'folder', label: l10n.t('In a folder of the machine'), description: l10n.t('stays when the volume is removed') },
    { id: 'memory', icon: 'chip', label: l10n.t('In memory'), description: l10n.t('gone when the last container that has it stops') },
    { id: 'nfs', icon: 'server', label: l10n.t('On an NFS server'), description: l10n.t('such as 10.0.0.1:/export') },
  ]
}

/** The driver's options; nothing when the user left. */
async function askOptions({ ask }: VolumeParts, title: string, place: string): Promise<Readonly<Record<string, string>> | undefined> {
  switch (place) {
    case 'folder': {
      const prompt = l10n.t('The folder, which must be there')
      const device = await ask.input({ title, prompt, placeholder: '/srv/data', value: '', check: folderProblem })
      return device === undefined ? undefined : { type: 'none', o: 'bind', device }
    }
    case 'memory': {
      const prompt = l10n.t('The most that it may take, such as 64m')
      const size = await ask.input({ title, prompt, placeholder: '64m', value: '64m', check: sizeProblem })
      return size === undefined ? undefined : { type: 'tmpfs', device: 'tmpfs', o: `size=${size}` }
    }
    case 'nfs': {
      const prompt = l10n.t('The server and what it exports')
      const share = await ask.input({ title, prompt, placeholder: '10.0.0.1:/export', value: '', check: shareProblem })
      if (share === undefined) return undefined
      const colon = share.lastIndexOf(':')
      return { type: 'nfs', o: `addr=${share.slice(0, colon)},rw`, device: share.slice(colon) }
    }
    default:
      return {}
  }
}

async function isThere(host: Host, volume: string): Promise<boolean> {
  try {
    await host.client.ask('GET', volumePath({ volume }), z.unknown())
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

function nameProblem(text: string): string | undefined {
  return NAME.test(text) ? undefined : l10n.t('A name is at least two of letters, digits and _ . -')
}

function folderProblem(text: string): string | undefined {
  return text.startsWith('/') && text !== '/' ? undefined : l10n.t('It must be an absolute path, such as /srv/data.')
}

function sizeProblem(text: string): string | undefined {
  return /^[1-9]\d*[kmg]$/i.test(text) ? undefined : l10n.t('Write it as a number with k, m or g.')
}

function shareProblem(text: string): string | undefined {
  return /^[^\s,/]+:\/[^\s,]*$/.test(text) ? undefined : l10n.t('Write it as server:/path.')
}
