import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Architecture, interpreters } from './interpreter.ts'

const toolPrefix = { x64: '/usr/bin/x86_64-linux-gnu-', arm64: '/usr/bin/aarch64-linux-gnu-' } as const

for (const architecture of ['x64', 'arm64'] as const) {
  const prefix = toolPrefix[architecture]
  const skip = !existsSync(`${prefix}as`) && `no ${prefix}as: install the binutils for it`
  test(`the ${architecture} listing assembles to the bytes beside it`, { skip }, () => {
    assert.equal(Buffer.from(interpreters[architecture].bytes).toString('hex'), assemble(architecture).toString('hex'))
  })
}

function assemble(architecture: Architecture): Buffer {
  const prefix = toolPrefix[architecture]
  const folder = mkdtempSync(join(tmpdir(), 'pocker-listing-'))
  try {
    const [source, object, code] = [join(folder, 'a.s'), join(folder, 'a.o'), join(folder, 'a.bin')]
    writeFileSync(source, interpreters[architecture].listing)
    execFileSync(`${prefix}as`, ['-o', object, source])
    execFileSync(`${prefix}objcopy`, ['-O', 'binary', '-j', '.text', object, code])
    return readFileSync(code)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
