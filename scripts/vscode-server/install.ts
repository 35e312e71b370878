/** VS Code's server, as code-server's npm package has it: a real VS Code whose window is a browser. For the tests and for `npm start`. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../test/support/folders.ts'
import { isUnpacked, type NpmPackage, npm, unpackFromNpm } from '../npm-package.ts'
import { replaceFile } from '../place-file.ts'
import { spdlog, watchdog } from './stand-ins.ts'

/** The package brings a lock file for what it depends on, so that this one hash holds for all that is installed. */
const codeServer: NpmPackage = {
  name: 'code-server',
  version: '4.139.1',
  integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
}

/** What is still to be done, for people who wait; undefined when all is there. */
export function whatToInstall(): string | undefined {
  return isUnpacked(codeServer, folder())
    ? undefined
    : `VS Code's server (code-server ${codeServer.version}: 110 MB to fetch, 590 MB on the disk)`
}

/** Installs it into the cache, unless it is there, and resolves to its folder. Errors: npm's; one for another package than expected. */
export async function installVscodeServer(): Promise<string> {
  await unpackFromNpm(codeServer, folder(), async (content) => {
    // VS Code's server is one of its parts and works alone: it has a token in its address, where code-server has a password.
    for (const name of ['out', 'src', 'node_modules']) rmSync(join(content, name), { recursive: true, force: true })
    // The lock file leaves out a package that only another's telemetry would want.
    await npm(['ci', '--omit=dev', '--legacy-peer-deps'], join(content, 'lib/vscode'))
    // TypeScript, which the editor's own extensions share: without it a JavaScript file opens with two errors.
    await npm(['ci', '--omit=dev'], join(content, 'lib/vscode/extensions'))
  })
  const vscode = join(folder(), 'lib/vscode')
  replaceFile(join(vscode, 'node_modules/@vscode/spdlog/index.js'), spdlog)
  replaceFile(join(vscode, 'node_modules/@vscode/native-watchdog/index.js'), watchdog)
  return vscode
}

/** The folder of a server that is installed. */
export function installedVscodeServer(): string | undefined {
  return existsSync(folder()) ? join(folder(), 'lib/vscode') : undefined
}

function folder(): string {
  return join(cacheFolder(), `vscode-server-${codeServer.version}`)
}
