/**
 * `npm start [-- FOLDER]`: VS Code with Pocker in it. The one on the desktop where there is one; else VS Code's server on a loopback port, whose
 * window is a browser's. As root or not: the extension asks for rights itself.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { runChecked } from '../test/support/run.ts'
import { findDesktop } from './find-desktop.ts'
import { packagePath, thisTarget } from './package-path.ts'
import { installVscodeServer, whatToInstall } from './vscode-server/install.ts'
import { startVscodeServer } from './vscode-server/start.ts'

const root = join(import.meta.dirname, '..')

/** For the first minutes with the server; everything else is VS Code's own. */
const settings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
}

async function main(folder: string): Promise<void> {
  console.log(existsSync(packagePath(thisTarget())) ? 'packaging the extension' : 'packaging the extension (some ten seconds)')
  await runChecked(process.execPath, [join(root, 'scripts/package.ts'), thisTarget()], { cwd: root, timeout: 900_000 })
  const desktop = await findDesktop({ env: process.env, isRoot: process.getuid?.() === 0 })
  if (desktop === undefined) await openServer(folder)
  else await openDesktop(desktop, folder)
}

async function openDesktop(command: string, folder: string): Promise<void> {
  const extension = packagePath(thisTarget())
  console.log(`installing ${relative(root, extension)} into ${command}`)
  await runChecked(command, ['--install-extension', extension, '--force'], { timeout: 300_000 })
  await runChecked(command, ['--new-window', folder])
  console.log(
    `${command} opens ${folder}: Pocker is the box in the activity bar. To remove it: ${command} --uninstall-extension pocker.pocker`,
  )
}

async function openServer(folder: string): Promise<void> {
  const missing = whatToInstall()
  if (missing !== undefined) console.log(`there is no VS Code to be seen from here: fetching ${missing}, once; about a minute`)
  const vscode = await installVscodeServer()
  const profile = join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local/state'), 'pocker-editor')
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  const server = await startVscodeServer({
    program: vscode,
    node: process.execPath,
    profile,
    extensions: [packagePath(thisTarget())],
    settings,
    env: process.env,
  })
  const ended = new Promise<string>((done) => {
    // Each of them as often as it comes: npm passes on what the terminal has told all of its processes.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done(signal))
    server.process.once('exit', () => done('exit'))
  })
  // A name of its own: browsers give cookies to every port of a name, and the page of a container at 127.0.0.1 shall not get this one's.
  const url = server.url(folder).replace('127.0.0.1', 'pocker.localhost')
  console.log(`
VS Code with Pocker: open this in a browser of this machine

  ${url}

Pocker is the box in the activity bar. Keep the address to yourself: who has it has your rights here. It works only from this
machine; from another one, first run: ssh -L ${server.port}:127.0.0.1:${server.port} ${hostname()}
Ctrl+C ends VS Code; containers go on.`)
  const reason = await ended
  await server[Symbol.asyncDispose]()
  if (reason === 'exit') throw new Error(`VS Code's server has ended: ${server.output().slice(-2000)}`)
}

await main(resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? '.'))
