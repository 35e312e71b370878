/** Single files of containers and images: each request goes to the process that serves them. */
import { readContent, writeContent } from '../../files/content-streams.ts'
import type { FileServer } from '../../files/file-server.ts'
import type { FileBackend, FilePlace } from '../../http/backend.ts'
import type { EngineContext } from '../context.ts'
import { withFiles } from './file-places.ts'
import { watchFiles } from './watch-files.ts'

/** Errors of all: those of `withFiles`, and of the process (see `helper/api/files.ts`). */
export function fileBackend(context: EngineContext): FileBackend {
  const looking = <T>(place: FilePlace, work: (server: FileServer) => Promise<T>) =>
    withFiles(context, place, { access: 'read', isRepeatable: true }, work)
  const writing = <T>(place: FilePlace, work: (server: FileServer) => Promise<T>) =>
    withFiles(context, place, { access: 'write', isRepeatable: false }, work)
  return {
    stat: (place, path, { follow }) => looking(place, async (server) => (await server.ask('stat', { path, follow })).result),
    list: (place, path, signal) => looking(place, async (server) => (await server.ask('list', { path }, { signal })).payload),
    read: (place, path, { offset, length }) => looking(place, (server) => readContent(server, { path, offset, length })),
    write: (place, path, { content, ...options }) => writing(place, (server) => writeContent(server, { path, ...options }, content)),
    makeFolder: (place, path, owner) => writing(place, async (server) => (await server.ask('folder', { path, ...owner })).result),
    rename: (place, { signal, ...move }) => writing(place, async (server) => (await server.ask('rename', move, { signal })).result),
    copy: (place, { signal, ...move }) => writing(place, async (server) => (await server.ask('copy', move, { signal })).result),
    remove: (place, path, { recursive, signal }) =>
      writing(place, async (server) => void (await server.ask('remove', { path, recursive }, { signal }))),
    watch: (place, path, { recursive, signal }) => watchFiles(context, place, { path, recursive, signal }),
  }
}
