/** What is in the packages that `npm run package` makes: what it should be, and nothing else. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { EXTENSION_BUDGET, PAGE_BUDGET } from '../../scripts/build-extension.ts'
import { packagePath, type Target, targets } from '../../scripts/package-path.ts'
import { readZip, type ZipEntry } from './support/read-zip.ts'

const LATER = /^extension\/dist\/extension\/(?!extension\.cjs$)[\w-]+\.cjs$/
const payload = [
  'archive.mjs',
  'doctor.mjs',
  'errors.mjs',
  'files.mjs',
  'helper.mjs',
  'koffi.node',
  'machine.mjs',
  'main.mjs',
  'manifest.json',
  'node',
  'pocker',
  'pocker.mjs',
  'ssh.mjs',
]

/** Of which there are none before the first text is translatable. */
const translations = globSync('*.json', { cwd: join(import.meta.dirname, '../../l10n') })

/** Megabytes: whoever installs the extension waits for them. */
const LIMIT: Readonly<Record<Target, number>> = { 'linux-x64': 55, 'linux-arm64': 55, universal: 110 }

for (const target of targets) {
  const path = packagePath(target)
  const skip = existsSync(path) ? false : `no ${path}: npm run package makes it`
  const platforms = target === 'universal' ? ['linux-arm64', 'linux-x64'] : [target]

  test(`${target}: the files`, { skip }, async () => {
    // Parts that are read later are named for what is in them.
    const names = (await readZip(path)).map(({ name }) => name).filter((name) => !LATER.test(name))
    assert.deepEqual(
      names.toSorted(),
      [
        '[Content_Types].xml',
        'extension.vsixmanifest',
        'extension/HOW-IT-WORKS.md',
        'extension/LICENSE.txt',
        'extension/SECURITY.md',
        'extension/changelog.md',
        'extension/dist/ThirdPartyNotices.txt',
        'extension/dist/extension/extension.cjs',
        'extension/dist/stats.js',
        ...platforms.flatMap((platform) => payload.map((name) => `extension/dist/helper/${platform}/${name}`)),
        ...translations.map((name) => `extension/l10n/${name}`),
        'extension/media/icon.png',
        'extension/media/pocker-log.tmLanguage.json',
        'extension/media/pocker.svg',
        'extension/media/walkthrough/images.svg',
        'extension/media/walkthrough/look.svg',
        'extension/media/walkthrough/run.svg',
        'extension/media/walkthrough/shell.svg',
        'extension/media/walkthrough/start.svg',
        'extension/package.json',
        'extension/package.nls.json',
        'extension/readme.md',
      ].toSorted(),
    )
  })

  test(`${target}: programs may be executed and others not, and nobody else may write`, { skip }, async () => {
    const programs = (await readZip(path)).filter(({ mode }) => (mode & 0o111) !== 0).map(({ name }) => name)
    assert.deepEqual(
      programs.toSorted(),
      platforms.flatMap((platform) => ['node', 'pocker'].map((name) => `extension/dist/helper/${platform}/${name}`)),
    )
    assert.deepEqual(
      (await readZip(path)).filter(({ name, mode }) => name.startsWith('extension/dist/') && (mode & 0o022) !== 0),
      [],
    )
  })

  test(`${target}: each manifest has the hashes of the files beside it`, { skip }, async () => {
    const entries = new Map((await readZip(path)).map((entry) => [entry.name, entry]))
    for (const platform of platforms) {
      const folder = `extension/dist/helper/${platform}`
      const manifest: { files: Record<string, string> } = JSON.parse(String(await contentOf(entries, `${folder}/manifest.json`)))
      assert.deepEqual(
        Object.keys(manifest.files).toSorted(),
        payload.filter((name) => name !== 'manifest.json'),
      )
      for (const [name, hash] of Object.entries(manifest.files)) {
        assert.equal(
          createHash('sha256')
            .update(await contentOf(entries, `${folder}/${name}`))
            .digest('hex'),
          hash,
          name,
        )
      }
    }
  })

  test(`${target}: the extension knows the manifests of its own programs by their hashes`, { skip }, async () => {
    const entries = new Map((await readZip(path)).map((entry) => [entry.name, entry]))
    const parts = [...entries.keys()].filter((name) => name.endsWith('.cjs'))
    const program = (await Promise.all(parts.map((name) => contentOf(entries, name)))).join()
    for (const platform of platforms) {
      const manifest = await contentOf(entries, `extension/dist/helper/${platform}/manifest.json`)
      assert.ok(program.includes(createHash('sha256').update(manifest).digest('hex')), platform)
    }
  })

  test(`${target}: native files are for the processor that the folder says`, { skip }, async () => {
    const entries = new Map((await readZip(path)).map((entry) => [entry.name, entry]))
    for (const platform of platforms) {
      for (const name of ['node', 'koffi.node']) {
        // e_machine of the ELF header: EM_X86_64 is 62, EM_AARCH64 183.
        const machine = (await contentOf(entries, `extension/dist/helper/${platform}/${name}`)).readUInt16LE(18)
        assert.equal(machine, platform === 'linux-x64' ? 62 : 183, `${platform}/${name}`)
      }
    }
  })

  test(`${target}: the sizes are within the budgets, and there is no source map`, { skip }, async () => {
    const entries = new Map((await readZip(path)).map((entry) => [entry.name, entry]))
    for (const name of entries.keys()) {
      if (/\/dist\/(extension\/.*\.cjs|stats\.js)$/.test(name))
        assert.doesNotMatch(String(await contentOf(entries, name)), /sourceMappingURL/)
    }
    // Followed as node does it: what the first file asks for at once, and what that asks for.
    const atStart = new Set(['extension.cjs'])
    let size = 0
    for (const name of atStart) {
      const program = await contentOf(entries, `extension/dist/extension/${name}`)
      size += program.length
      for (const [, asked = ''] of String(program).matchAll(/(?<!then\(\(\)=>\w*\(?)require\("\.\/([\w-]+\.cjs)"\)/g)) atStart.add(asked)
    }
    assert.ok(size <= EXTENSION_BUDGET, `${[...atStart].join()}: ${size} bytes`)
    assert.ok((await contentOf(entries, 'extension/dist/stats.js')).length <= PAGE_BUDGET)
    assert.ok(statSync(path).size <= LIMIT[target] * 1e6, `${statSync(path).size} bytes`)
  })

  test(`${target}: the gallery is told the platform`, { skip }, async () => {
    const entries = new Map((await readZip(path)).map((entry) => [entry.name, entry]))
    const manifest = String(await contentOf(entries, 'extension.vsixmanifest'))
    assert.equal(/TargetPlatform="([^"]+)"/.exec(manifest)?.[1], target === 'universal' ? undefined : target)
    assert.match(manifest, /Publisher="pocker"/)
  })
}

async function contentOf(entries: ReadonlyMap<string, ZipEntry>, name: string): Promise<Buffer> {
  const entry = entries.get(name)
  assert.ok(entry, name)
  return await entry.read()
}
