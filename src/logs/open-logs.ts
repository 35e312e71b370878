/** The logs that are open as documents, by their addresses. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { Emitter } from '../events/emitter.ts'
import type { Host } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { plainText } from '../text/plain-text.ts'
import type { FeedTarget } from './log-feed.ts'
import { LOG_SCHEME, logKey, parseLogPath } from './log-path.ts'
import { OpenLog } from './open-log.ts'
import { keepOptions, readOptions } from './options-store.ts'
import { projectMembers } from './projects.ts'

export interface OpenLogsParts {
  readonly hosts: Hosts
  readonly store: vscode.Memento
  readonly words: (error: unknown) => string
}

/** Milliseconds that an editor waits for the first lines, rather than to show an empty log first. */
const FIRST_LINES = 700
/** After its last editor a log is kept for so long: VS Code closes and opens a document when it is moved or its language changes. */
const KEPT = 3_000
const NOBODY_CAME = 30_000

export class OpenLogs implements vscode.Disposable {
  readonly #parts: OpenLogsParts
  readonly #logs = new Map<string, OpenLog>()
  /** Which container of a name is meant, where the caller knows. */
  readonly #ids = new Map<string, string>()
  readonly #textChanged = new Emitter<vscode.Uri>()
  readonly #changed = new Emitter<OpenLog>()
  readonly #failed = new Emitter<unknown>()
  readonly #listening: readonly vscode.Disposable[]
  readonly onDidChangeText = this.#textChanged.event
  /** What can be done with one is something else. */
  readonly onDidChange = this.#changed.event
  readonly onDidFail = this.#failed.event

  constructor(parts: OpenLogsParts) {
    this.#parts = parts
    this.#listening = [
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#closeLater(uri, KEPT)),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        const visible = new Set(editors.map(({ document }) => document.uri.toString()))
        for (const [key, log] of this.#logs) log.setVisible(visible.has(key))
      }),
      parts.hosts.onDidChange(() => this.#lookAtHosts()),
      parts.hosts.onDidChangeState(() => this.#lookAtHosts()),
    ]
  }

  get all(): readonly OpenLog[] {
    return [...this.#logs.values()]
  }

  find(uri: vscode.Uri | undefined): OpenLog | undefined {
    return uri?.scheme === LOG_SCHEME ? this.#logs.get(uri.toString()) : undefined
  }

  /** The next reading of the address is for this container, and not for any of its name. */
  expect(uri: vscode.Uri, containerId: string): void {
    this.#ids.set(uri.toString(), containerId)
  }

  /** The log's text, opened if it is not. */
  async read(uri: vscode.Uri): Promise<string> {
    const log = this.find(uri) ?? this.#open(uri)
    if (log === undefined) throw vscode.FileSystemError.FileNotFound(uri)
    await log.untilFirst(FIRST_LINES)
    return log.read()
  }

  /** Keeps how the log is shown for the next time. */
  async keep(log: OpenLog, { isFollowing }: { isFollowing: boolean }): Promise<void> {
    if (log.session !== undefined) await keepOptions(this.#parts.store, logKey(log.name), { ...log.session.options, isFollowing })
  }

  dispose(): void {
    for (const each of this.#listening) each.dispose()
    for (const log of this.#logs.values()) log.dispose()
    this.#logs.clear()
  }

  #open(uri: vscode.Uri): OpenLog | undefined {
    const name = parseLogPath(uri.path)
    if (name === undefined) return undefined
    const log = new OpenLog({ uri, name, words: this.#parts.words })
    this.#logs.set(uri.toString(), log)
    log.onDidChangeText(() => this.#textChanged.fire(uri))
    log.onDidChange(() => this.#changed.fire(log))
    log.onDidFail((error) => this.#failed.fire(error))
    void this.#begin(log)
    this.#closeLater(uri, NOBODY_CAME)
    return log
  }

  async #begin(log: OpenLog): Promise<void> {
    const { hosts, store } = this.#parts
    hosts.open()
    const host = hosts.find(log.name.hostId)
    if (host === undefined) {
      log.say(l10n.t('There is no host {0}.', plainText(log.name.hostId)))
      return
    }
    if (log.session?.feeds.some(({ target }) => target.host === host) === true) return
    const targets = await this.#targetsOf(log, host)
    if (targets.length === 0) log.say(l10n.t('No container of {0} is on {1}.', plainText(nameOf(log)), plainText(host.label)))
    else log.begin(targets, readOptions(store, logKey(log.name)))
  }

  async #targetsOf({ name, uri }: OpenLog, host: Host): Promise<readonly FeedTarget[]> {
    switch (name.kind) {
      case 'container':
        return [{ host, name: name.name, id: this.#ids.get(uri.toString()), member: 0 }]
      case 'several':
        return name.names.map((each, member) => ({ host, name: each, member }))
      case 'project':
        await this.#parts.hosts.known()
        return projectMembers(host, name.project).map((row, member) => ({ host, name: row.name, id: row.id, member }))
    }
  }

  /** One that was away may be there now, or another in its place. */
  #lookAtHosts(): void {
    for (const log of this.#logs.values()) void this.#begin(log)
  }

  #closeLater(uri: vscode.Uri, delay: number): void {
    if (uri.scheme !== LOG_SCHEME) return
    setTimeout(() => {
      const key = uri.toString()
      const isOpen = vscode.workspace.textDocuments.some((document) => !document.isClosed && document.uri.toString() === key)
      const log = this.#logs.get(key)
      if (isOpen || log === undefined) return
      this.#logs.delete(key)
      this.#ids.delete(key)
      log.dispose()
    }, delay)
  }
}

function nameOf({ name }: OpenLog): string {
  return name.kind === 'project' ? name.project : name.kind === 'container' ? name.name : name.names.join(', ')
}
