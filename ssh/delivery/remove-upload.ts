import type { SshConnection } from '../connection/ssh-connection.ts'
import { runScript } from './run-script.ts'

/** Removes a folder that `upload` has made. Best done, but nothing depends on it: the next upload removes what is older than an hour. */
export async function removeUpload(connection: SshConnection, folder: string): Promise<void> {
  await runScript(connection, { text: 'rm -rf -- "$folder"\nsay done\n', words: { folder } }).catch(() => undefined)
}
