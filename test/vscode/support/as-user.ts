import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerOptions } from '../../../scripts/vscode-server/start.ts'

/** An account of the machine, or numbers that belong to nobody. */
export interface EditorUser {
  readonly uid: number
  readonly gid: number
  /** Words that take the server to another mount namespace, where the account is. */
  readonly enter?: readonly string[]
}

type Place = Pick<ServerOptions, 'program' | 'node' | 'profile' | 'extensions'>

/**
 * The server's place as the user sees it: programs, which may lie in root's home, are bound into the profile in a mount namespace of the
 * server's own, whose mounts go with it; then all rights are given up.
 */
export function asUser(place: Place, { uid, gid, enter = [] }: EditorUser): Place & Pick<ServerOptions, 'wrapper' | 'owner'> {
  const { profile } = place
  const [program, node] = [join(profile, 'program'), join(profile, 'node')]
  mkdirSync(program)
  closeSync(openSync(node, 'w'))
  const binds: [string, string][] = [
    [place.program, program],
    [place.node, node],
  ]
  const extensions = place.extensions.map((path, index) => {
    const target = join(profile, `extension-${index}.vsix`)
    closeSync(openSync(target, 'w'))
    binds.push([path, target])
    return target
  })
  const words = binds.flat()
  const script = `n=${binds.length}; while [ $n -gt 0 ]; do mount --bind "$1" "$2"; shift 2; n=$((n - 1)); done; exec "$@"`
  const drop = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=-all', '--pdeathsig', 'TERM']
  return {
    program,
    node,
    profile,
    extensions,
    owner: { uid, gid },
    wrapper: [...enter, 'unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh', ...words, ...drop],
  }
}
