import type { Backend } from '../backend.ts'

export type Script = { readonly [F in keyof Backend]?: Partial<Backend[F]> }

/** A backend that does what the test has scripted, and throws on every other verb. */
export function fakeBackend(script: Script): Backend {
  return {
    containers: {
      create: unscripted('create'),
      list: unscripted('list'),
      inspect: unscripted('inspect'),
      start: unscripted('start'),
      stop: unscripted('stop'),
      restart: unscripted('restart'),
      kill: unscripted('kill'),
      wait: unscripted('wait'),
      rename: unscripted('rename'),
      pause: unscripted('pause'),
      unpause: unscripted('unpause'),
      update: unscripted('update'),
      resize: unscripted('resize'),
      attach: unscripted('attach'),
      logs: unscripted('logs'),
      top: unscripted('top'),
      stats: unscripted('stats'),
      changes: unscripted('changes'),
      prune: unscripted('prune'),
      remove: unscripted('remove'),
      ...script.containers,
    },
    exec: {
      create: unscripted('exec create'),
      start: unscripted('exec start'),
      attach: unscripted('exec attach'),
      hangUp: unscripted('exec hangUp'),
      resize: unscripted('exec resize'),
      inspect: unscripted('exec inspect'),
      ...script.exec,
    },
    system: {
      version: unscripted('version'),
      info: unscripted('info'),
      dataUsage: unscripted('dataUsage'),
      events: unscripted('events'),
      ...script.system,
    },
    images: {
      list: unscripted('image list'),
      inspect: unscripted('image inspect'),
      history: unscripted('history'),
      layers: unscripted('layers'),
      tag: unscripted('tag'),
      remove: unscripted('image remove'),
      prune: unscripted('image prune'),
      pull: unscripted('pull'),
      push: unscripted('push'),
      importArchive: unscripted('importArchive'),
      importFolder: unscripted('importFolder'),
      save: unscripted('save'),
      load: unscripted('load'),
      blobs: unscripted('blobs'),
      missing: unscripted('missing'),
      commit: unscripted('commit'),
      search: unscripted('search'),
      distribution: unscripted('distribution'),
      login: unscripted('login'),
      ...script.images,
    },
    archives: {
      export: unscripted('export'),
      stat: unscripted('stat'),
      read: unscripted('read'),
      write: unscripted('write'),
      ...script.archives,
    },
    past: {
      lives: unscripted('lives'),
      logPage: unscripted('logPage'),
      followLog: unscripted('followLog'),
      searchLog: unscripted('searchLog'),
      ...script.past,
    },
    helper: {
      facts: unscripted('facts'),
      doctor: unscripted('doctor'),
      leave: unscripted('leave'),
      listeners: unscripted('listeners'),
      listen: unscripted('listen'),
      stopListening: unscripted('stopListening'),
      ...script.helper,
    },
    volumes: {
      list: unscripted('volume list'),
      inspect: unscripted('volume inspect'),
      create: unscripted('volume create'),
      remove: unscripted('volume remove'),
      prune: unscripted('volume prune'),
      ...script.volumes,
    },
    files: {
      stat: unscripted('file stat'),
      list: unscripted('file list'),
      read: unscripted('file read'),
      write: unscripted('file write'),
      makeFolder: unscripted('makeFolder'),
      rename: unscripted('file rename'),
      copy: unscripted('file copy'),
      remove: unscripted('file remove'),
      watch: unscripted('file watch'),
      ...script.files,
    },
    networks: {
      list: unscripted('network list'),
      inspect: unscripted('network inspect'),
      create: unscripted('network create'),
      remove: unscripted('network remove'),
      connect: unscripted('network connect'),
      disconnect: unscripted('network disconnect'),
      prune: unscripted('network prune'),
      ...script.networks,
    },
    plans: {
      explain: unscripted('explain'),
      trace: unscripted('trace'),
      ...script.plans,
    },
  }
}

function unscripted(verb: string): () => never {
  return () => {
    throw new Error(`the test has not scripted "${verb}"`)
  }
}
