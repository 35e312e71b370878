import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../api/errors.ts'
import { parsePlatform } from './platform.ts'

const host = process.arch === 'x64' ? 'amd64' : process.arch

const readable: readonly (readonly [text: string, os: string, architecture: string, variant?: string])[] = [
  ['linux/amd64', 'linux', 'amd64'],
  ['linux/x86_64', 'linux', 'amd64'],
  ['linux/amd64/v1', 'linux', 'amd64'],
  ['linux/amd64/v3', 'linux', 'amd64', 'v3'],
  ['linux/arm64/v8', 'linux', 'arm64', 'v8'],
  ['linux/aarch64', 'linux', 'arm64'],
  ['linux/arm', 'linux', 'arm', 'v7'],
  ['linux/arm/6', 'linux', 'arm', 'v6'],
  ['linux/armel', 'linux', 'arm', 'v6'],
  ['LINUX/ARM64', 'linux', 'arm64'],
  ['windows/amd64', 'windows', 'amd64'],
  ['linux', 'linux', host],
  ['arm64', 'linux', 'arm64'],
  ['{"os":"linux","architecture":"arm","variant":"v5"}', 'linux', 'arm', 'v5'],
  ['{"architecture":"s390x","os":"linux","os.version":"1"}', 'linux', 's390x'],
]

for (const [text, os, architecture, variant] of readable) {
  test(`the platform ${text} is ${os}, ${architecture}, ${variant ?? 'no variant'}`, () => {
    assert.deepEqual(parsePlatform(text), { os, architecture, ...(variant === undefined ? {} : { variant }) })
  })
}

for (const text of [
  'cow',
  'linux/',
  '/amd64',
  'a/b/c/d',
  'linux/am d64',
  '../..\u0000',
  '{',
  '{"os":"linux"}',
  '{"os":1,"architecture":"x"}',
]) {
  test(`the platform ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parsePlatform(text), { kind: 'InvalidParameter', code: 'bad-platform' })
  })
}

test('any text is a platform or refused as one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[a-z0-9/_.-]{0,20}$/)), (text) => {
      try {
        const { os, architecture } = parsePlatform(text)
        assert.ok(os !== '' && architecture !== '')
      } catch (error) {
        assert.ok(error instanceof PockerError && error.code === 'bad-platform')
      }
    }),
  )
})
