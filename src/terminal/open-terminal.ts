/** A terminal that is open: its program, its life, and what is remembered of it. */
import { randomUUID } from 'node:crypto'
import type { Disposable } from 'vscode'
import { containerRowOf } from '../commands/refs.ts'
import { plainText } from '../text/plain-text.ts'
import { charactersOfKeys, DEFAULT_DETACH_KEYS } from './detach-keys.ts'
import type { Names } from './end-words.ts'
import { ExecProgram } from './exec-program.ts'
import { MainProgram } from './main-program.ts'
import type { Program } from './program.ts'
import { forgetTerminal, type RememberedTerminal, rememberTerminal, type Store } from './remembered-terminals.ts'
import { terminalLife } from './terminal-life.ts'
import { terminalName } from './terminal-name.ts'
import { TerminalScreen } from './terminal-screen.ts'
import type { WantedTerminal } from './wanted-terminal.ts'

export interface OpenTerminalParts {
  /** Of the workspace. */
  readonly store: Store
  /** In Docker's notation; what is none is Docker's own. */
  readonly detachKeys: string
  /** An error of work that nobody waits for. */
  readonly report: (error: unknown) => void
}

export class OpenTerminal {
  readonly wanted: WantedTerminal
  readonly screen = new TerminalScreen()
  /** As long as it is there, in this window and the next. */
  readonly key: string
  readonly #parts: OpenTerminalParts
  readonly #program: Program
  readonly #hostGone = new AbortController()
  readonly #renaming: Disposable
  readonly #life: Promise<void>
  /** Where to come back to; nothing before its start, after its end, and with engines that have no way back. */
  #running: RememberedTerminal['program'] | undefined
  #hasEnded = false
  #isDetached = false

  constructor(wanted: WantedTerminal, parts: OpenTerminalParts) {
    this.wanted = wanted
    this.#parts = parts
    this.key = wanted.key ?? randomUUID()
    this.#program = this.#makeProgram()
    this.#renaming = this.#followName()
    this.#life = terminalLife({
      ...wanted.ref,
      screen: this.screen,
      program: this.#program,
      hostGone: this.#hostGone.signal,
      names: () => this.#names(),
      detachKeys: charactersOfKeys(parts.detachKeys) ?? charactersOfKeys(DEFAULT_DETACH_KEYS) ?? '',
      first: wanted.program.kind === 'main' ? wanted.program.first : wanted.program.execId === undefined ? 'start' : 'resume',
      onEnded: () => this.#ended(),
      onDetached: () => void this.leaveRunning(),
    }).catch(parts.report)
  }

  /** There is nothing in it any more but words. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Closes it and leaves its program running; false where that would be lost. */
  detach(): boolean {
    if (!this.leaveRunning()) return false
    this.screen.finish()
    return true
  }

  /** Its program is to go on when the terminal is closed; false where nobody could come back to it. */
  leaveRunning(): boolean {
    if (this.#running === undefined) return false
    this.#isDetached = true
    const { store } = this.#parts
    // The way back to a main process is its container's row.
    this.#do(this.#running.kind === 'main' ? forgetTerminal(store, this.key) : rememberTerminal(store, this.#entry(this.#running)))
    return true
  }

  /** Its host has been taken out of the list. */
  endOfHost(): void {
    this.#hostGone.abort()
  }

  /** The window goes, and the program is come back to in the next one. */
  dispose(): void {
    this.#renaming.dispose()
    this.screen.close()
  }

  /** The terminal was closed for good: what ran in it is ended, unless it was left running. Errors: EngineError. */
  async close(): Promise<void> {
    this.dispose()
    await this.#life
    if (this.#isDetached) return
    await forgetTerminal(this.#parts.store, this.key)
    await this.#program.end()
  }

  #makeProgram(): Program {
    const { ref, program } = this.wanted
    const common = { ...ref, detachKeys: this.#parts.detachKeys }
    if (program.kind === 'main') return new MainProgram({ ...common, onStarted: () => this.#started({ kind: 'main' }) })
    const { environment: _secrets, ...spec } = program.spec
    const kept = (execId: string) => this.#started({ kind: 'exec', execId, spec: { ...spec, command: [...spec.command] } })
    if (program.execId !== undefined) kept(program.execId)
    return new ExecProgram({
      ...common,
      spec: program.spec,
      ...(program.execId === undefined ? {} : { execId: program.execId }),
      onStarted: ({ execId, canComeBack }) => {
        this.#hasEnded = false
        if (canComeBack) kept(execId)
      },
    })
  }

  #started(program: RememberedTerminal['program']): void {
    this.#hasEnded = false
    this.#running = program
    this.#do(rememberTerminal(this.#parts.store, this.#entry(program)))
  }

  #ended(): void {
    this.#hasEnded = true
    this.#running = undefined
    this.#do(forgetTerminal(this.#parts.store, this.key))
  }

  #entry(program: RememberedTerminal['program']): RememberedTerminal {
    const { ref, label, place } = this.wanted
    const container = containerRowOf(ref)?.name ?? this.wanted.container
    return {
      key: this.key,
      hostId: ref.host.id,
      containerId: ref.containerId,
      container,
      label,
      place,
      program,
      isDetached: this.#isDetached,
    }
  }

  #names(): Names {
    const { ref, container } = this.wanted
    return { container: plainText(containerRowOf(ref)?.name ?? container, 60), host: plainText(ref.host.label, 60) }
  }

  #followName(): Disposable {
    const { ref, container, label } = this.wanted
    let shown = terminalName(container, label)
    return ref.host.model.onDidChange(() => {
      const row = containerRowOf(ref)
      const name = row === undefined ? shown : terminalName(row.name, label)
      if (name === shown) return
      shown = name
      this.screen.rename(name)
    })
  }

  #do(work: Promise<void>): void {
    work.catch(this.#parts.report)
  }
}
