/** Flows with a user who follows a script, on fake engines. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Host } from '../../hosts/host.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import { type FakeEngine, fakeEngine } from '../../testing/fake-engine.ts'
import { type FakeFile, type FakeTree, serveFiles } from '../../testing/fake-files.ts'
import { hostsOf } from '../../testing/fake-hosts.ts'
import { type Script, type ScriptedAsk, scriptedAsk } from '../../testing/scripted-ask.ts'
import { FileSystem } from '../file-system.ts'
import type { FileRef, Place } from '../place.ts'
import { Watches } from '../watches.ts'
import type { FilesUi } from './files-ui.ts'
import type { FlowParts } from './flow-parts.ts'

export const web: Place = { hostId: 'local', kind: 'container', id: 'a', name: 'web' }

export function at(path: string, place: Place = web): FileRef {
  return { place, path }
}

export interface ScriptedFiles {
  readonly engine: FakeEngine
  readonly hosts: Hosts
  readonly host: Host
  readonly tree: FakeTree
  readonly flow: FlowParts
  readonly ui: FilesUi & ScriptedAsk
  /** What was opened, compared and refreshed. */
  readonly shown: string[]
}

export interface ScriptedOptions {
  readonly files?: Readonly<Record<string, string | FakeFile>>
  readonly script?: Script
  /** What the dialogs for files give. */
  readonly local?: readonly string[]
}

export async function scriptedFiles(t: TestContext, { files = {}, script = [], local = [] }: ScriptedOptions = {}): Promise<ScriptedFiles> {
  const engine = await fakeEngine(t)
  const tree = serveFiles(engine, '/pocker/containers/a', files)
  const hosts = hostsOf(t, engine)
  await hosts.settled()
  const [host] = hosts.all
  assert.ok(host !== undefined)
  const watches = new Watches(hosts, () => {})
  const system = new FileSystem({ hosts, watches, openFiles: () => [] })
  t.after(() => {
    system.dispose()
    watches.dispose()
  })
  const shown: string[] = []
  const ask = scriptedAsk(script)
  const ui: FilesUi & ScriptedAsk = {
    ...ask,
    tell: (text) => void shown.push(`tell ${text}`),
    chooseFiles: async () => local,
    chooseFolders: async () => local,
    typePath: async ({ title }) => await ask.input({ title, prompt: '', value: '' }),
    progress: (_title, work) => work({ signal: new AbortController().signal, report: () => {} }),
    open: async ({ place, path }) => void shown.push(`open ${place.kind} ${path}`),
    compare: async (before, after, title) => void shown.push(`compare ${before.place.kind} ${after.place.kind} ${title}`),
    rename: (from, to) => system.rename(from, to, { overwrite: false }),
  }
  const refresh = ({ path }: FileRef) => void shown.push(`refresh ${path}`)
  return { engine, hosts, host, tree, ui, shown, flow: { ui, hosts, system, refresh } }
}
