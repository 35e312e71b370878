/** `docker cp` out, in the archive process. */

import { openFolder } from '../linux/beneath.ts'
import { call } from '../linux/call.ts'
import { reportFacts } from './answers.ts'
import { restrict } from './confine.ts'
import { enterRoot } from './enter-root.ts'
import { packEntriesTo } from './pack-entry.ts'
import { packTo } from './pack-output.ts'
import { findPlace, type Place } from './read-path-place.ts'
import { receiveView } from './root-view.ts'
import { lookAt, walkTree } from './walk-tree.ts'

const STDOUT = 1

/** Reports the path's PathStat, then writes the archive. Fields: `root`, `path`. Errors: PockerError. */
export function readPathJob(job: Readonly<Record<string, unknown>>): void {
  const place = enterAndFind(job)
  reportFacts(place.stat)
  const output = packTo(STDOUT)
  const entries = packEntriesTo(output)
  call('fchdir', [place.folder], 'folder')
  if (place.name !== undefined) {
    const stats = lookAt(place.name)
    if (stats !== undefined) entries.add(place.name, Buffer.from(place.archiveName), stats)
  } else {
    const here = Buffer.from('.')
    const stats = lookAt(here)
    if (stats !== undefined) entries.add(here, Buffer.from(`${place.archiveName}/`), stats)
    walkTree(place.folder, ({ name, path, stats: found }) => {
      entries.add(name, Buffer.concat([Buffer.from(`${place.archiveName}/`), Buffer.from(path, 'latin1')]), found)
    })
  }
  output.end()
}

/** The path's PathStat. Fields: `root`, `path`. Errors: PockerError. */
export function statPathJob(job: Readonly<Record<string, unknown>>): unknown {
  return enterAndFind(job).stat
}

function enterAndFind(job: Readonly<Record<string, unknown>>): Place {
  enterRoot(receiveView(job.root), 'read')
  restrict()
  return findPlace(openFolder('/'), String(job.path))
}
