import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../api/errors.ts'
import type { ImageConfig } from '../api/image.ts'
import { applyChanges } from './changes.ts'
import { expandWord, splitWords } from './changes-words.ts'

function refused(change: string, config: ImageConfig = {}): string {
  try {
    applyChanges(config, [change])
  } catch (error) {
    assert.ok(error instanceof PockerError, String(error))
    return error.code
  }
  return 'taken'
}

const plain = (config: ImageConfig): unknown => JSON.parse(JSON.stringify(config))

test('commands in shell and exec form', () => {
  assert.deepEqual(applyChanges({}, ['CMD echo  "hi"']).Cmd, ['/bin/sh', '-c', 'echo  "hi"'])
  assert.deepEqual(applyChanges({ Shell: ['/bin/bash', '-lc'] }, ['cmd ls']).Cmd, ['/bin/bash', '-lc', 'ls'])
  assert.deepEqual(applyChanges({}, ['CMD ["a", "b c"]']).Cmd, ['a', 'b c'])
  assert.deepEqual(applyChanges({ Cmd: ['x'] }, ['CMD []']).Cmd, [])
  assert.deepEqual(applyChanges({}, ['CMD [ -f /x ]']).Cmd, ['/bin/sh', '-c', '[ -f /x ]'])
  assert.equal(refused('CMD ["a", 1]'), 'bad-change')
})

test('an entrypoint drops the command it was not written for', () => {
  assert.deepEqual(applyChanges({ Cmd: ['old'] }, ['ENTRYPOINT ["e"]']), { Entrypoint: ['e'] })
  assert.deepEqual(applyChanges({ Cmd: ['old'] }, ['CMD ["new"]', 'ENTRYPOINT ["e"]']), { Cmd: ['new'], Entrypoint: ['e'] })
})

test('variables are set in place, expanded by those before the line', () => {
  const config = { Env: ['PATH=/bin', 'A=1'] }
  assert.deepEqual(applyChanges(config, ['ENV PATH=$PATH:/x A="two words" B=\'$A\' C=a\\ b']).Env, [
    'PATH=/bin:/x',
    'A=two words',
    'B=$A',
    'C=a b',
  ])
  assert.deepEqual(applyChanges({}, ['ENV A some  words']).Env, ['A=some  words'])
  assert.deepEqual(applyChanges({ Env: ['A='] }, ['ENV X=${A:-d}${A-e}${U+f}${U:-"g h"}']).Env, ['A=', 'X=dg h'])
  for (const bad of ['ENV', 'ENV A', 'ENV A=1 B', 'ENV =1', 'ENV A="x', 'ENV A=${X', 'ENV A=${X:?no}', 'ENV A=${X%y}']) {
    assert.equal(refused(bad), 'bad-change', bad)
  }
})

test('labels, also with names that objects have', () => {
  assert.deepEqual(plain(applyChanges({ Labels: { a: '1' } }, ['LABEL a=2 "b c"="d e"'])), { Labels: { a: '2', 'b c': 'd e' } })
  const { Labels } = applyChanges({}, ['LABEL __proto__=x constructor=y'])
  assert.deepEqual(Object.entries(Labels ?? {}), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
})

test('ports, volumes, user, folder, signal, triggers', () => {
  const changes = [
    'EXPOSE 80 53/udp 8000-8001',
    'VOLUME ["/a b"]',
    'VOLUME /c /d',
    'USER me',
    'WORKDIR /x',
    'WORKDIR y/',
    'STOPSIGNAL SIGINT',
  ]
  assert.deepEqual(plain(applyChanges({}, [...changes, 'ONBUILD RUN  make'])), {
    ExposedPorts: { '80/tcp': {}, '53/udp': {}, '8000/tcp': {}, '8001/tcp': {} },
    Volumes: { '/a b': {}, '/c': {}, '/d': {} },
    User: 'me',
    WorkingDir: '/x/y',
    StopSignal: 'SIGINT',
    OnBuild: ['RUN  make'],
  })
  for (const bad of ['EXPOSE 0', 'EXPOSE 70000', 'EXPOSE 9-8', 'EXPOSE x', 'VOLUME [""]', 'ONBUILD FROM x', 'RUN x', 'USER', 'CMD --x y']) {
    assert.equal(refused(bad), 'bad-change', bad)
  }
  assert.equal(refused('STOPSIGNAL SIGNOTHING'), 'bad-signal')
})

test('a health check with its options', () => {
  assert.deepEqual(applyChanges({}, ['HEALTHCHECK --interval=1m30s --retries=3 --start-period=0 CMD curl -f x']).Healthcheck, {
    Test: ['CMD-SHELL', 'curl -f x'],
    Interval: 90e9,
    Retries: 3,
    StartPeriod: 0,
  })
  assert.deepEqual(applyChanges({}, ['HEALTHCHECK CMD ["a","b"]']).Healthcheck, { Test: ['CMD', 'a', 'b'] })
  assert.deepEqual(applyChanges({}, ['healthcheck none']).Healthcheck, { Test: ['NONE'] })
  for (const bad of ['HEALTHCHECK', 'HEALTHCHECK x', 'HEALTHCHECK CMD', 'HEALTHCHECK NONE x', 'HEALTHCHECK --interval=1us CMD x']) {
    assert.equal(refused(bad), 'bad-change', bad)
  }
})

test('lines: comments, continuations, several in one change', () => {
  assert.deepEqual(applyChanges({}, ['# nothing\nENV A=1 \\\n\n# in between\n  B=2', 'USER u\n']), { Env: ['A=1', 'B=2'], User: 'u' })
  assert.deepEqual(applyChanges({}, ['', '   ']), {})
})

test('a NUL is refused', () => {
  assert.equal(refused('USER a\0b'), 'bad-change')
})

test('what is quoted comes out as it went in', () => {
  const value = fc.string({ unit: 'grapheme' }).filter((text) => !/[\n\r\0]/.test(text))
  fc.assert(
    fc.property(value, (text) => {
      const quoted = `"${text.replaceAll(/["$\\]/g, '\\$&')}"`
      assert.deepEqual(applyChanges({}, [`ENV A=${quoted}`]).Env, [`A=${text}`])
      assert.deepEqual(splitWords(`x ${quoted} y`), ['x', quoted, 'y'])
      if (!text.includes("'")) assert.equal(expandWord(`'${text}'`, []), text)
    }),
  )
})

test('any text is read or refused, and the configuration given stays as it is', () => {
  const line = fc.tuple(
    fc.constantFrom('CMD', 'ENTRYPOINT', 'ENV', 'LABEL', 'EXPOSE', 'VOLUME', 'USER', 'WORKDIR', 'STOPSIGNAL', 'HEALTHCHECK', 'ONBUILD', ''),
    fc.oneof(fc.string(), fc.stringMatching(/^[-a-z0-9=\\"'${}:+ /[\],]{0,40}$/)),
  )
  fc.assert(
    fc.property(line, ([name, rest]) => {
      const config: ImageConfig = Object.freeze({ Env: Object.freeze(['A=1']) as string[], Cmd: Object.freeze(['x']) as string[] })
      try {
        applyChanges(config, [`${name} ${rest}`])
      } catch (error) {
        assert.ok(error instanceof PockerError, String(error))
      }
    }),
    { numRuns: 2000 },
  )
})

test('deep nesting ends with an error, not with the stack', () => {
  assert.equal(refused(`ENV A=${'${X:-'.repeat(50_000)}`), 'bad-change')
})
