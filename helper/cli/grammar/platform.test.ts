import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throwsCode } from '../testing/throws-code.ts'
import { parsePlatform, platformText } from './platform.ts'

for (const [text, result] of [
  ['linux/amd64', 'linux/amd64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64', 'linux/arm64'],
  ['linux/aarch64', 'linux/arm64'],
  ['x86_64', 'linux/amd64'],
  ['arm64', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['armel', 'linux/arm/v6'],
  ['Linux/AMD64', 'linux/amd64'],
  ['macos/arm64', 'darwin/arm64'],
] as const) {
  test(text, () => assert.equal(platformText(parsePlatform(text)), result))
}

for (const text of ['', 'a/b/c/d', 'linux/', '/amd64', 'linux/am d64', 'linux/*']) {
  test(`"${text}" is refused`, () => throwsCode('invalid-platform', () => parsePlatform(text)))
}
