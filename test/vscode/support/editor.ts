/** A real VS Code of the test's own: with the packaged extension in it, and nothing left of it afterwards. */
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { packagePath, thisTarget } from '../../../scripts/package-path.ts'
import { installedVscodeServer } from '../../../scripts/vscode-server/install.ts'
import { startVscodeServer } from '../../../scripts/vscode-server/start.ts'
import { makeTemporaryFolder } from '../../support/folders.ts'
import type { NetworkNamespace } from '../../support/network-namespace.ts'
import { asUser, type EditorUser } from './as-user.ts'
import { quietSettings } from './settings.ts'
import { type Troubles, watchTroubles } from './troubles.ts'
import { PATIENCE } from './until.ts'
import { type Vscode, vscodeOf } from './vscode.ts'

const CHROMIUM = '/usr/bin/chromium'
/** Milliseconds for what a window reads and compiles before there is anything to see: more than all that comes after. */
const LOADING = 60_000

/** Chromium without a screen, and without anything of its own on the network. */
export const browserOptions = {
  executablePath: CHROMIUM,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export interface EditorOptions {
  /** Files of the workspace, by their paths in it. */
  readonly files?: Readonly<Record<string, string>>
  /** The user's, besides those that keep the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Variables of the extension host, besides PATH, HOME and the like. */
  readonly env?: Readonly<Record<string, string>>
  /** Runs the editor as an ordinary user, as people do who have a helper that runs as root. */
  readonly user?: EditorUser
  /** Where the editor and its browser are, for ports that are published there. */
  readonly network?: Pick<NetworkNamespace, 'enter' | 'start'>
}

export interface Editor extends AsyncDisposable {
  readonly vscode: Vscode
  readonly browser: Browser
  /** The open folder. */
  readonly workspace: string
  /** Where the editor's home, settings, extensions and logs are. */
  readonly profile: string
  readonly troubles: Troubles
  /** What the server has written, for a test that failed. */
  output(): string
  /** Loads the window anew, as a user does who reloads it. */
  reload(): Promise<void>
}

/** What is missing to start one, as a sentence, or undefined. */
export function whyNoEditor(): string | undefined {
  if (!existsSync(CHROMIUM)) return `no ${CHROMIUM}: the package chromium is not installed`
  if (installedVscodeServer() === undefined) return 'no VS Code server: npm test -- vscode as root installs it'
  if (!existsSync(packagePath(thisTarget()))) return 'no package: npm run package makes it'
  return undefined
}

/** Starts the editor on a workspace and waits until its window is drawn. Dispose of it. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(makeTemporaryFolder('editor'))
  const [workspace, home, run] = ['workspace', 'home', 'run'].map((name) => join(folder.path, name))
  if (workspace === undefined || home === undefined || run === undefined) throw new Error('make the folders of an editor')
  for (const path of [workspace, home, run]) mkdirSync(path, { mode: 0o700 })
  for (const [name, content] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true })
    writeFileSync(join(workspace, name), content)
  }
  const program = installedVscodeServer()
  if (program === undefined) throw new Error(`start an editor: ${whyNoEditor()}`)
  const place = { program, node: process.execPath, profile: folder.path, extensions: [packagePath(thisTarget())] }
  const server = await startVscodeServer({
    ...(options.user === undefined ? place : asUser(place, options.user)),
    ...(options.network === undefined ? {} : { wrapper: options.network.enter() }),
    settings: { ...quietSettings, ...options.settings },
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      HOME: home,
      // What the server would leave in /tmp goes with the folder.
      XDG_RUNTIME_DIR: run,
      TMPDIR: run,
      SHELL: '/bin/bash',
      LANG: 'C.UTF-8',
      EXTENSIONS_GALLERY: '{}',
      // Nobody there: a test never comes near the machine's own helper.
      POCKER_HOST: `unix://${join(run, 'no-pocker.sock')}`,
      ...(options.network === undefined ? {} : { VSCODE_PROXY_URI: await redirectIn(options.network) }),
      ...options.env,
    },
  })
  stack.use(server)
  const executablePath = options.network === undefined ? CHROMIUM : enteringScript(join(folder.path, 'chromium'), options.network)
  const browser = await chromium.launch({ ...browserOptions, executablePath })
  stack.defer(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1280, height: 1030 } })
  page.setDefaultTimeout(PATIENCE)
  const troubles = watchTroubles(page, join(folder.path, 'user/logs'))
  const load = async (): Promise<void> => {
    await troubles.whileLeaving(() => page.goto(server.url(workspace), { waitUntil: 'commit', timeout: LOADING }))
    await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: LOADING })
  }
  await load()
  const owned = stack.move()
  return {
    vscode: vscodeOf(page),
    browser,
    workspace,
    profile: folder.path,
    troubles,
    output: () => server.output(),
    reload: load,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** A program that starts Chromium in the network. */
function enteringScript(path: string, network: Pick<NetworkNamespace, 'enter'>): string {
  writeFileSync(path, `#!/bin/sh\nexec ${network.enter(CHROMIUM).join(' ')} "$@"\n`, { mode: 0o755 })
  return path
}

/** A browser in a network of its own does not reach the redirect of this process: another is started there, and ends with the network. */
async function redirectIn(network: Pick<NetworkNamespace, 'start'>): Promise<string> {
  const program = join(import.meta.dirname, '../../../scripts/vscode-server/port-redirect.ts')
  const script = `import(${JSON.stringify(program)}).then((its) => its.startPortRedirect()).then(({ template }) => console.log(template))`
  const { stdout } = network.start(process.execPath, '--disable-warning=ExperimentalWarning', '--eval', script)
  if (stdout === null) throw new Error('start the redirect of ports: it has no output')
  const [chunk]: Buffer[] = await once(stdout, 'data')
  return chunk?.toString().trim() ?? ''
}
