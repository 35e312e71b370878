/** "Clean Up…": a preview of what nothing needs, and the removal of what was ticked. */
import * as l10n from '@vscode/l10n'
import type { Ask, PickHeading, PickRow } from '../ask/ask.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { forEach } from '../commands/each.ts'
import type { Host } from '../hosts/host.ts'
import { plainText } from '../text/plain-text.ts'
import { sizeText } from '../text/size.ts'
import { reclaimable, sumOf } from './candidates.ts'
import { askDiskUsage } from './disk-usage.ts'

interface Candidate {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly holdsData: boolean
  readonly row: PickRow
  readonly remove: (client: EngineClient) => Promise<void>
}

export interface CleanUpOptions {
  /** One kind of things instead of all. */
  readonly only?: 'containers' | 'images' | 'volumes'
  /** Shows that sizes are being counted, which may take a while. */
  readonly busy?: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * Shows what can go, with sizes; containers and images without a name are ticked, named images and volumes are not. Asks again where data
 * of volumes would go. Each thing is removed by its own name: what has come into use meanwhile stays. Errors: EngineError, SomeFailed.
 */
export async function cleanUp(ask: Ask, host: Host, { only, busy = (work) => work() }: CleanUpOptions = {}): Promise<void> {
  const title = l10n.t('Clean up {0}', plainText(host.label))
  const found = reclaimable(await busy(() => askDiskUsage(host.client)))
  const groups = candidatesOf(only === undefined ? found : { containers: [], images: [], volumes: [], [only]: found[only] })
  const all = groups.flatMap(({ candidates }) => candidates)
  if (all.length === 0) {
    await ask.pick({
      title,
      placeholder: '',
      rows: [{ id: 'none', icon: 'check', label: l10n.t('Nothing can go: everything is in use.') }],
    })
    return
  }
  const rows = groups.flatMap(({ heading, candidates }): (PickRow | PickHeading)[] =>
    candidates.length === 0 ? [] : [{ heading: `${heading} · ${sizeText(sumOf(candidates))}` }, ...candidates.map(({ row }) => row)],
  )
  const picked = groups.flatMap(({ candidates, isTicked }) => candidates.filter(isTicked).map(({ id }) => id))
  const chosen = await ask.pickMany({ title, placeholder: l10n.t('What is ticked is removed for good'), rows, picked })
  const going = all.filter(({ id }) => chosen?.includes(id))
  if (going.length === 0 || !(await mayGo(ask, going))) return
  // Containers before the images that they are of.
  for (const { candidates } of groups) {
    const these = candidates.filter((candidate) => going.includes(candidate))
    await forEach(
      these.map((candidate) => ({ name: candidate.name, value: candidate })),
      (candidate) => candidate.remove(host.client),
    )
  }
}

async function mayGo(ask: Ask, going: readonly Candidate[]): Promise<boolean> {
  const volumes = going.filter(({ holdsData }) => holdsData)
  if (volumes.length === 0) return true
  const names = volumes.map(({ name }) => plainText(name, 80))
  const list = names.length > 10 ? [...names.slice(0, 10), l10n.t('and {0} more', names.length - 10)] : names
  return await ask.confirm({
    text: volumes.length === 1 ? l10n.t('Delete the data of one volume?') : l10n.t('Delete the data of {0} volumes?', volumes.length),
    detail: `${list.join('\n')}\n\n${l10n.t('What is in them cannot be brought back.')}`,
    button: volumes.length === 1 ? l10n.t('Delete 1 volume') : l10n.t('Delete {0} volumes', volumes.length),
  })
}

interface Group {
  readonly heading: string
  readonly candidates: readonly Candidate[]
  readonly isTicked: (candidate: Candidate) => boolean
}

function candidatesOf({ containers, images, volumes }: ReturnType<typeof reclaimable>): readonly Group[] {
  return [
    {
      heading: l10n.t('stopped containers'),
      isTicked: () => true,
      candidates: containers.map(({ id, name, image, statusText, size }) => ({
        id: `container ${id}`,
        name,
        size,
        holdsData: false,
        row: row('container', { id, name, description: `${sizeText(size)} · ${image} · ${statusText}`, icon: 'package' }),
        remove: (client) => client.tell('DELETE', `/containers/${encodeURIComponent(id)}`),
      })),
    },
    {
      heading: l10n.t('images that no container is of'),
      isTicked: ({ name }) => name.startsWith('<none>'),
      candidates: images.map(({ id, tags, size }) => {
        const name = tags[0] ?? `<none> ${id.replace('sha256:', '').slice(0, 12)}`
        return {
          id: `image ${id}`,
          name,
          size,
          holdsData: false,
          row: row('image', { id, name: tags.length > 1 ? tags.join(', ') : name, description: sizeText(size), icon: 'file-zip' }),
          remove: (client) => removeImage(client, id, tags),
        }
      }),
    },
    {
      heading: l10n.t('volumes that no container has'),
      isTicked: () => false,
      candidates: volumes.map(({ name, size, isAnonymous }) => ({
        id: `volume ${name}`,
        name,
        size,
        holdsData: true,
        row: row('volume', {
          id: name,
          name: isAnonymous ? name.slice(0, 12) : name,
          description: isAnonymous ? `${sizeText(size)} · ${l10n.t('without a name')}` : sizeText(size),
          icon: 'database',
        }),
        remove: (client) => client.tell('DELETE', `/volumes/${encodeURIComponent(name)}`),
      })),
    },
  ]
}

// By its names, one after the other: an image that has got another name meanwhile is kept under that.
async function removeImage(client: EngineClient, id: string, tags: readonly string[]): Promise<void> {
  const names = tags.length === 0 ? [id] : tags
  for (const name of names) await client.tell('DELETE', `/images/${name.split('/').map(encodeURIComponent).join('/')}`)
}

function row(kind: string, { id, name, description, icon }: { id: string; name: string; description: string; icon: string }): PickRow {
  return { id: `${kind} ${id}`, icon, label: plainText(name), description: plainText(description) }
}
